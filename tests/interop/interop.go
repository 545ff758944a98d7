// Command interop checks a log made by us with the tree and the notes of Go's checksum
// database, and makes one for us to check. The two share nothing but the specifications.
//
//	interop check FOLDER   what is in FOLDER was written by us
//	interop make FOLDER    writes what we are to read
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// A claim is what is to be proven of a log.
type claim struct {
	Size    int64               `json:"size"`
	Root    string              `json:"root"`
	Leaves  []string            `json:"leaves"`
	Records map[string][]string `json:"records"` // inclusion paths, by index
	Trees   map[string]older    `json:"trees"`   // consistency paths, by older size
}

type older struct {
	Root string   `json:"root"`
	Path []string `json:"path"`
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: interop check|make FOLDER")
	}
	folder := os.Args[2]
	switch os.Args[1] {
	case "check":
		check(folder)
	case "make":
		make_(folder)
	default:
		log.Fatal("usage: interop check|make FOLDER")
	}
}

// check verifies note, tiles, inclusion and consistency paths, and the tlog-proof.
func check(folder string) {
	checkpoint := read(folder, "checkpoint")
	verifier := must(note.NewVerifier(strings.TrimSpace(string(read(folder, "vkey")))))
	size, root := open(checkpoint, verifier)
	var found claim
	need(json.Unmarshal(read(folder, "claim.json"), &found))
	if found.Size != size || hash(found.Root) != root {
		log.Fatal("the claim is about another tree")
	}
	tree := tlog.Tree{N: size, Hash: root}
	// Every tile is authenticated against the root as it is read.
	reader := tlog.TileHashReader(tree, tiles(folder))
	for text, path := range found.Records {
		index := must(strconv.ParseInt(text, 10, 64))
		leaf := tlog.RecordHash(must(base64.StdEncoding.DecodeString(found.Leaves[index])))
		need(tlog.CheckRecord(hashes(path), size, root, index, leaf))
		equal(must(tlog.ProveRecord(size, index, reader)), hashes(path))
	}
	for text, old := range found.Trees {
		n := must(strconv.ParseInt(text, 10, 64))
		need(tlog.CheckTree(hashes(old.Path), size, root, n, hash(old.Root)))
		equal(must(tlog.ProveTree(size, n, reader)), hashes(old.Path))
	}
	checkProof(string(read(folder, "one.tlog-proof")), verifier, found)
}

// checkProof reads a c2sp.org/tlog-proof@v1 by its specification, and verifies it.
func checkProof(text string, verifier note.Verifier, found claim) {
	parts := strings.SplitN(text, "\n\n", 2)
	lines := strings.Split(parts[0], "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "extra ") {
		log.Fatal("not a proof with something beside it")
	}
	index := must(strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64))
	size, root := open([]byte(parts[1]), verifier)
	leaf := tlog.RecordHash(must(base64.StdEncoding.DecodeString(found.Leaves[index])))
	need(tlog.CheckRecord(hashes(lines[3:]), size, root, index, leaf))
}

// make_ writes a tree of 700 records with everything that can be proven of it.
func make_(folder string) {
	const size = 700
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var list []tlog.Hash
		for _, index := range indexes {
			list = append(list, stored[index])
		}
		return list, nil
	})
	made := claim{Size: size, Records: map[string][]string{}, Trees: map[string]older{}}
	roots := map[int64]tlog.Hash{}
	for n := int64(0); n < size; n++ {
		data := sha256.Sum256([]byte(fmt.Sprintf("record %d", n)))
		made.Leaves = append(made.Leaves, base64.StdEncoding.EncodeToString(data[:]))
		stored = append(stored, must(tlog.StoredHashes(n, data[:], reader))...)
		roots[n+1] = must(tlog.TreeHash(n+1, reader))
	}
	root := roots[size]
	made.Root = root.String()
	for _, index := range []int64{0, 1, 255, 256, 511, 698, 699} {
		proof := must(tlog.ProveRecord(size, index, reader))
		made.Records[fmt.Sprint(index)] = texts(proof)
	}
	for _, n := range []int64{1, 2, 255, 256, 257, 512, 699} {
		proof := must(tlog.ProveTree(size, n, reader))
		made.Trees[fmt.Sprint(n)] = older{Root: roots[n].String(), Path: texts(proof)}
	}
	for _, tile := range tlog.NewTiles(height, 0, size) {
		path := filepath.Join(folder, ours(tile))
		need(os.MkdirAll(filepath.Dir(path), 0o700))
		need(os.WriteFile(path, must(tlog.ReadTileData(tile, reader)), 0o600))
	}
	skey, vkey, err := note.GenerateKey(nil, "interop.example/log")
	need(err)
	body := fmt.Sprintf("interop.example/log\n%d\n%s\n", size, root)
	signed := must(note.Sign(&note.Note{Text: body}, must(note.NewSigner(skey))))
	proof := fmt.Sprintf("c2sp.org/tlog-proof@v1\nindex 256\n%s\n\n%s",
		strings.Join(made.Records["256"], "\n"), signed)
	write(folder, "vkey", []byte(vkey))
	write(folder, "checkpoint", signed)
	write(folder, "one.tlog-proof", []byte(proof))
	write(folder, "claim.json", must(json.Marshal(made)))
}

type tiles string

func (folder tiles) Height() int { return height }

func (folder tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (folder tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var list [][]byte
	for _, tile := range wanted {
		list = append(list, read(string(folder), ours(tile)))
	}
	return list, nil
}

// ours returns the path of a tile in C2SP tlog-tiles, which leaves out the height.
func ours(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
}

func open(text []byte, verifier note.Verifier) (int64, tlog.Hash) {
	opened := must(note.Open(text, note.VerifierList(verifier)))
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		log.Fatal("not a checkpoint of this log")
	}
	return must(strconv.ParseInt(lines[1], 10, 64)), hash(lines[2])
}

func equal(a, b []tlog.Hash) {
	if fmt.Sprint(a) != fmt.Sprint(b) {
		log.Fatal("two proofs of the same differ")
	}
}

func hash(text string) tlog.Hash { return must(tlog.ParseHash(text)) }

func hashes(list []string) []tlog.Hash {
	made := []tlog.Hash{}
	for _, text := range list {
		made = append(made, hash(text))
	}
	return made
}

func texts(list []tlog.Hash) []string {
	made := []string{}
	for _, one := range list {
		made = append(made, one.String())
	}
	return made
}

func read(folder, name string) []byte { return must(os.ReadFile(filepath.Join(folder, name))) }

func write(folder, name string, data []byte) {
	need(os.WriteFile(filepath.Join(folder, name), data, 0o600))
}

func need(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func must[T any](value T, err error) T {
	need(err)
	return value
}
