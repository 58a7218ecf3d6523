package gitwire

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// sideband reads the pack from an answer to fetch: after the line "packfile", packets of band 1.
// https://git-scm.com/docs/protocol-v2#_fetch
type sideband struct {
	src    *bufio.Reader
	inPack bool
	rest   []byte
}

func newSideband(r io.Reader) *sideband { return &sideband{src: bufio.NewReader(r)} }

// Read implements io.Reader.
func (s *sideband) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		kind, packet, err := readPacketBytes(s.src)
		switch {
		case err != nil:
			return 0, err
		case kind != packetLine:
			if s.inPack {
				return 0, io.EOF
			}
		case !s.inPack:
			line := strings.TrimSuffix(string(packet), "\n")
			if message, refused := strings.CutPrefix(line, "ERR "); refused {
				return 0, errors.New("git refused: " + message)
			}
			s.inPack = line == "packfile"
		case len(packet) > 0 && packet[0] == 1:
			s.rest = packet[1:]
		case len(packet) > 0 && packet[0] == 3:
			return 0, fmt.Errorf("git refused: %s", strings.TrimSpace(string(packet[1:])))
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}
