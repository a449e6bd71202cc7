module kinit.local/pause

go 1.26
