// Brings images into the storage that CRI-O reads: CRI-O itself can only pull.
//
//	crio-import FOLDER
//
// FOLDER is an OCI image layout; each image in its index is stored by the name that it is annotated with, with its own
// manifest, so that it keeps its digest.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/containers/image/v5/copy"
	"github.com/containers/image/v5/oci/layout"
	"github.com/containers/image/v5/signature"
	imagestorage "github.com/containers/image/v5/storage"
	"github.com/containers/storage"
	"github.com/containers/storage/pkg/reexec"
	spec "github.com/opencontainers/image-spec/specs-go/v1"
)

func main() {
	// The storage library starts this program again to unpack layers.
	if reexec.Init() {
		return
	}
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: crio-import FOLDER")
		os.Exit(2)
	}
	if err := importAll(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "crio-import:", err)
		os.Exit(1)
	}
}

func importAll(ctx context.Context, folder string) error {
	names, err := namesIn(folder)
	if err != nil {
		return err
	}
	options, err := storage.DefaultStoreOptions()
	if err != nil {
		return err
	}
	store, err := storage.GetStore(options)
	if err != nil {
		return err
	}
	defer store.Free()
	imagestorage.Transport.SetStore(store)
	// What is copied comes from the operator's machine, checked by digest.
	accept := &signature.Policy{Default: signature.PolicyRequirements{signature.NewPRInsecureAcceptAnything()}}
	policy, err := signature.NewPolicyContext(accept)
	if err != nil {
		return err
	}
	defer policy.Destroy()
	for _, name := range names {
		if err := importOne(ctx, policy, folder, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func importOne(ctx context.Context, policy *signature.PolicyContext, folder, name string) error {
	from, err := layout.NewReference(folder, name)
	if err != nil {
		return err
	}
	to, err := imagestorage.Transport.ParseReference(name)
	if err != nil {
		return err
	}
	_, err = copy.Image(ctx, policy, to, from, &copy.Options{PreserveDigests: true})
	return err
}

// namesIn reads the references of all images from the layout's index, each once.
func namesIn(folder string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(folder, spec.ImageIndexFile))
	if err != nil {
		return nil, err
	}
	var index spec.Index
	if err := json.Unmarshal(text, &index); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var names []string
	for _, manifest := range index.Manifests {
		name := manifest.Annotations[spec.AnnotationRefName]
		if name == "" || seen[name] {
			continue
		}
		seen[name] = true
		names = append(names, name)
	}
	return names, nil
}
