module kinit.local/serving-approver

go 1.26
