package gitwire

import (
	"bufio"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

const (
	maxPackObjects = 2_000_000
	maxPackBytes   = 256 << 20 // of all objects together, unpacked
)

var (
	errPack     = errors.New("the pack is not one that Git makes")
	errTooLarge = errors.New("the pack is larger than allowed")
)

// Types of objects in a pack. https://git-scm.com/docs/pack-format
const (
	objectCommit   = 1
	objectTree     = 2
	objectBlob     = 3
	objectTag      = 4
	objectOffDelta = 6
	objectRefDelta = 7
)

var objectNames = map[int]string{
	objectCommit: "commit",
	objectTree:   "tree",
	objectBlob:   "blob",
	objectTag:    "tag",
}

// object is a commit or a tree.
type object struct {
	kind int
	data []byte
}

// counted counts the bytes read from a stream, one by one, so that inflating an object takes no
// bytes of the next.
type counted struct {
	*bufio.Reader
	at int64
}

// Read implements io.Reader.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.at += int64(n)
	return n, err
}

// ReadByte implements io.ByteReader.
func (c *counted) ReadByte() (byte, error) {
	b, err := c.Reader.ReadByte()
	if err == nil {
		c.at++
	}
	return b, err
}

// pack reads a pack without thin deltas into objects by hash.
type pack struct {
	src     *counted
	left    int64
	objects map[string]object
	offsets map[int64]object
}

func readPack(r io.Reader, into map[string]object) error {
	p := pack{
		src:     &counted{Reader: bufio.NewReader(r)},
		left:    maxPackBytes,
		objects: into,
		offsets: map[int64]object{},
	}
	var header [12]byte
	if _, err := io.ReadFull(p.src, header[:]); err != nil {
		return fmt.Errorf("read the pack: %w", err)
	}
	n := binary.BigEndian.Uint32(header[8:])
	if string(header[:4]) != "PACK" || binary.BigEndian.Uint32(header[4:8]) != 2 || n > maxPackObjects {
		return errPack
	}
	for range n {
		if err := p.next(); err != nil {
			return fmt.Errorf("read the pack: %w", err)
		}
	}
	return nil
}

// next reads one object.
func (p *pack) next() error {
	start := p.src.at
	kind, size, err := p.head()
	if err != nil {
		return err
	}
	var base object
	known := true
	switch kind {
	case objectOffDelta:
		back, err := p.distance()
		if err != nil {
			return err
		}
		base, known = p.offsets[start-back]
	case objectRefDelta:
		var hash [sha1.Size]byte
		if _, err := io.ReadFull(p.src, hash[:]); err != nil {
			return err
		}
		base, known = p.objects[hex.EncodeToString(hash[:])]
	}
	data, err := p.inflate(size)
	if err != nil {
		return err
	}
	o := object{kind: kind, data: data}
	if kind == objectOffDelta || kind == objectRefDelta {
		if !known {
			return errPack
		}
		o.kind = base.kind
		if o.data, err = patch(base.data, data, &p.left); err != nil {
			return err
		}
	}
	name, ok := objectNames[o.kind]
	if !ok {
		return errPack
	}
	p.offsets[start] = o
	sum := sha1.New()
	fmt.Fprintf(sum, "%s %d\x00", name, len(o.data))
	sum.Write(o.data)
	p.objects[hex.EncodeToString(sum.Sum(nil))] = o
	return nil
}

func (p *pack) head() (kind int, size int64, err error) {
	b, err := p.src.ReadByte()
	if err != nil {
		return 0, 0, err
	}
	kind, size = int(b>>4)&7, int64(b&15)
	for shift := 4; b&0x80 != 0; shift += 7 {
		if b, err = p.src.ReadByte(); err != nil || shift > 50 {
			return 0, 0, errors.Join(errPack, err)
		}
		size |= int64(b&0x7f) << shift
	}
	return kind, size, nil
}

// distance reads how many bytes before an object its base begins.
func (p *pack) distance() (int64, error) {
	b, err := p.src.ReadByte()
	n := int64(b & 0x7f)
	for i := 0; err == nil && b&0x80 != 0; i++ {
		if i > 7 {
			return 0, errPack
		}
		b, err = p.src.ReadByte()
		n = (n+1)<<7 | int64(b&0x7f)
	}
	return n, err
}

func (p *pack) inflate(size int64) ([]byte, error) {
	if p.left -= size; p.left < 0 {
		return nil, errTooLarge
	}
	z, err := zlib.NewReader(p.src)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(z, size+1))
	if err == nil && int64(len(data)) != size {
		err = errPack
	}
	return data, errors.Join(err, z.Close())
}

// patch applies a delta to its base.
func patch(base, delta []byte, left *int64) ([]byte, error) {
	from, n := binary.Uvarint(delta)
	if n <= 0 || from != uint64(len(base)) {
		return nil, errPack
	}
	size, m := binary.Uvarint(delta[n:])
	if m <= 0 || size > maxPackBytes {
		return nil, errPack
	}
	if *left -= int64(size); *left < 0 {
		return nil, errTooLarge
	}
	out := make([]byte, 0, size)
	for delta = delta[n+m:]; len(delta) > 0; {
		op := delta[0]
		delta = delta[1:]
		if op&0x80 == 0 {
			if op == 0 || int(op) > len(delta) {
				return nil, errPack
			}
			out, delta = append(out, delta[:op]...), delta[op:]
			continue
		}
		var args [7]byte // four of the offset, three of the length
		for i := range args {
			if op&(1<<i) != 0 {
				if len(delta) == 0 {
					return nil, errPack
				}
				args[i], delta = delta[0], delta[1:]
			}
		}
		at, length := int(binary.LittleEndian.Uint32(args[:4])), int(args[4])|int(args[5])<<8|int(args[6])<<16
		if length == 0 {
			length = 0x10000
		}
		if at+length > len(base) || len(out)+length > int(size) {
			return nil, errPack
		}
		out = append(out, base[at:at+length]...)
	}
	if len(out) != int(size) {
		return nil, errPack
	}
	return out, nil
}
