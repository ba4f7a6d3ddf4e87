// Verifies a ledger with Go's code for its checksum database, and cosignatures with that of transparency.dev.
// Neither knows anything of Valet Key.
//
//	ledger log PLACE VKEY [EARLIER]   checkpoint, every entry, and that the log begins with an earlier one
//	ledger proof FILE VKEY ENTRY      a proof, for the bytes in ENTRY
//	ledger cosigned FILE VKEY WITNESS a checkpoint, and that the witness with this key cosigned it
//
// PLACE is a folder or a URL, which gets the bearer token in LEDGER_TOKEN.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	cosignatures "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func main() {
	var err error
	var said string
	switch args := os.Args[1:]; {
	case len(args) >= 3 && args[0] == "log":
		said, err = checkLog(args[1], args[2], append(args[3:], "")[0])
	case len(args) == 4 && args[0] == "proof":
		said, err = checkProof(args[1], args[2], args[3])
	case len(args) == 4 && args[0] == "cosigned":
		said, err = checkCosigned(args[1], args[2], args[3])
	default:
		err = errors.New("usage: ledger log PLACE VKEY [EARLIER] | ledger proof FILE VKEY ENTRY | ledger cosigned FILE VKEY WITNESS")
	}
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Println("accepted:", said)
}

func checkLog(place, vkey, earlier string) (string, error) {
	signed, err := read(place, "checkpoint")
	if err != nil {
		return "", err
	}
	tree, err := open(signed, vkey)
	if err != nil {
		return "", err
	}
	tiles := tlog.TileHashReader(tree, &tileReader{place: place, known: map[tlog.Tile][]byte{}})
	for first := int64(0); first < tree.N; first += 1 << height {
		entries, err := readEntries(place, tree.N, first)
		if err != nil {
			return "", err
		}
		if err := checkEntries(tiles, tree, first, entries); err != nil {
			return "", err
		}
	}
	if earlier == "" {
		return fmt.Sprintf("%d entries", tree.N), nil
	}
	return checkGrowth(tiles, tree, vkey, earlier)
}

// checkEntries compares each entry with its hash, which the reader proves, and has a proof for the first.
func checkEntries(tiles tlog.HashReader, tree tlog.Tree, first int64, entries [][]byte) error {
	indexes := make([]int64, len(entries))
	for at := range entries {
		indexes[at] = tlog.StoredHashIndex(0, first+int64(at))
	}
	hashes, err := tiles.ReadHashes(indexes)
	if err != nil {
		return err
	}
	for at, entry := range entries {
		if hashes[at] != tlog.RecordHash(entry) {
			return fmt.Errorf("entry %d is not what was signed", first+int64(at))
		}
	}
	proof, err := tlog.ProveRecord(tree.N, first, tiles)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, first, tlog.RecordHash(entries[0]))
}

func checkGrowth(tiles tlog.HashReader, tree tlog.Tree, vkey, earlier string) (string, error) {
	signed, err := os.ReadFile(earlier)
	if err != nil {
		return "", err
	}
	before, err := open(signed, vkey)
	if err != nil {
		return "", err
	}
	if before.N > tree.N {
		return "", fmt.Errorf("had %d entries, and has %d", before.N, tree.N)
	}
	proof, err := tlog.ProveTree(tree.N, before.N, tiles)
	if err != nil {
		return "", err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash); err != nil {
		return "", fmt.Errorf("does not begin with the %d entries of before: %w", before.N, err)
	}
	return fmt.Sprintf("%d entries, which begin with the %d of before", tree.N, before.N), nil
}

func checkProof(file, vkey, entryFile string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	entry, err := os.ReadFile(entryFile)
	if err != nil {
		return "", err
	}
	head, signed, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		return "", errors.New("no proof")
	}
	lines = lines[1:]
	if strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return "", err
	}
	var proof tlog.RecordProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return "", err
		}
		proof = append(proof, hash)
	}
	tree, err := open([]byte(signed), vkey)
	if err != nil {
		return "", err
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return "", err
	}
	return fmt.Sprintf("entry %d of %d", index, tree.N), nil
}

func checkCosigned(file, vkey, witness string) (string, error) {
	signed, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	tree, err := open(signed, vkey)
	if err != nil {
		return "", err
	}
	verifier, err := cosignatures.NewVerifierForCosignatureV1(witness)
	if err != nil {
		return "", err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return "", err
	}
	at, err := cosignatures.CoSigV1Timestamp(opened.Sigs[0])
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d entries, cosigned by %s at %d", tree.N, verifier.Name(), at.Unix()), nil
}

// open verifies a checkpoint, and reads what c2sp.org/tlog-checkpoint says of its three lines.
func open(signed []byte, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("no checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, errors.New("no root")
	}
	return tlog.Tree{N: size, Hash: tlog.Hash(root)}, nil
}

func readEntries(place string, size, first int64) ([][]byte, error) {
	tile := tlog.Tile{H: height, L: 0, N: first >> height, W: int(min(1<<height, size-first))}
	path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
	data, err := read(place, path)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("%s ends inside an entry", path)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if len(entries) != tile.W {
		return nil, fmt.Errorf("%s has %d entries instead of %d", path, len(entries), tile.W)
	}
	return entries, nil
}

type tileReader struct {
	place string
	known map[tlog.Tile][]byte
}

func (r *tileReader) Height() int { return height }

func (r *tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(tiles))
	for i, tile := range tiles {
		data, found := r.known[tile]
		if !found {
			var err error
			// Go's paths have the height, those of c2sp.org/tlog-tiles do not.
			if data, err = read(r.place, strings.Replace(tile.Path(), "tile/8/", "tile/", 1)); err != nil {
				return nil, err
			}
		}
		all[i] = data
	}
	return all, nil
}

// SaveTiles gets tiles that were verified.
func (r *tileReader) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for i, tile := range tiles {
		r.known[tile] = data[i]
	}
}

func read(place, path string) ([]byte, error) {
	if !strings.Contains(place, "://") {
		return os.ReadFile(filepath.Join(place, path))
	}
	request, err := http.NewRequest(http.MethodGet, strings.TrimSuffix(place, "/")+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	if token := os.Getenv("LEDGER_TOKEN"); token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}
