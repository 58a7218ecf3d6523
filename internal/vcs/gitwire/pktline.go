package gitwire

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const maxPacket = 65520 // https://git-scm.com/docs/protocol-common

// packetKind distinguishes lines from the markers between them.
type packetKind int

const (
	packetLine packetKind = iota
	packetFlush
	packetDelimiter
	packetEnd
)

var errNotPackets = errors.New("the answer is not in pkt-line format")

// readPacket returns the next packet, a line without its line feed; io.EOF between packets.
func readPacket(r *bufio.Reader) (packetKind, string, error) {
	kind, line, err := readPacketBytes(r)
	return kind, strings.TrimSuffix(string(line), "\n"), err
}

// readPacketBytes returns the next packet unchanged.
func readPacketBytes(r *bufio.Reader) (packetKind, []byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, nil, errNotPackets
		}
		return 0, nil, err
	}
	n, err := strconv.ParseUint(string(length[:]), 16, 16)
	switch {
	case err != nil, n == 3, n > maxPacket:
		return 0, nil, errNotPackets
	case n < 3:
		return packetFlush + packetKind(n), nil, nil
	}
	line := make([]byte, n-4)
	if _, err := io.ReadFull(r, line); err != nil {
		return 0, nil, fmt.Errorf("a packet is cut off: %w", io.ErrUnexpectedEOF)
	}
	return packetLine, line, nil
}

func appendPacket(b []byte, line string) []byte {
	return fmt.Appendf(b, "%04x%s\n", len(line)+5, line)
}

// lsRefsCommand requests branches only.
func lsRefsCommand(s server) []byte {
	b := appendPacket(nil, "command=ls-refs")
	if s.agent {
		b = appendPacket(b, "agent=towpath")
	}
	if s.objectFormat != "" {
		b = appendPacket(b, s.objectFormat)
	}
	b = append(b, "0001"...)
	b = appendPacket(b, "ref-prefix "+branchesRef)
	return append(b, "0000"...)
}

// readRefs reads a capability advertisement of version 2, an advertisement of refs of the older
// versions, or the answer to ls-refs; refs have the same format in all of them.
func readRefs(body io.Reader) (refAnswer, error) {
	answer := refAnswer{heads: map[string]string{}}
	r := bufio.NewReader(body)
	complete := false
	for {
		kind, line, err := readPacket(r)
		switch {
		case errors.Is(err, io.EOF):
			if !complete {
				return refAnswer{}, fmt.Errorf("the list of refs is cut off: %w", io.ErrUnexpectedEOF)
			}
			return answer, nil
		case err != nil:
			return refAnswer{}, err
		case kind != packetLine:
			complete = true
			continue
		}
		complete = false
		switch message, refused := strings.CutPrefix(line, "ERR "); {
		case refused:
			return refAnswer{}, errors.New("git refused: " + message)
		case line == "version 2":
			answer.version2 = true
		case strings.HasPrefix(line, "# service="), line == "version 1":
		case answer.version2:
			answer.capabilities = append(answer.capabilities, line)
		default:
			answer.addRef(line)
		}
	}
}

// addRef reads "<hash> <name>", which capabilities may follow after a NUL, or attributes after a
// space.
func (a *refAnswer) addRef(line string) {
	line, _, _ = strings.Cut(line, "\x00")
	hash, rest, _ := strings.Cut(line, " ")
	name, _, _ := strings.Cut(rest, " ")
	if branch, ok := strings.CutPrefix(name, branchesRef); ok && branch != "" && isHash(hash) {
		a.heads[branch] = hash
	}
}

// isHash reports whether text is a SHA-1 or SHA-256 in lower hex.
func isHash(text string) bool {
	return (len(text) == 40 || len(text) == 64) && strings.Trim(text, "0123456789abcdef") == ""
}
