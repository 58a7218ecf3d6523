package history

import (
	"crypto/sha256"
	"encoding/base64"
	"hash/crc32"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSumOf_flywayIgnoresHowLinesEnd(t *testing.T) {
	t.Parallel()
	want := SumOf(FlywayCRC32, []byte("CREATE TABLE müller (\n  id int\n);\n"))
	for _, text := range []string{
		"CREATE TABLE müller (\r\n  id int\r\n);\r\n",
		"CREATE TABLE müller (\r  id int\r);",
		"\uFEFFCREATE TABLE müller (\n  id int\n);",
	} {
		if got := SumOf(FlywayCRC32, []byte(text)); got != want {
			t.Errorf("%q: %s, want %s", text, got.Text, want.Text)
		}
	}
	if got := SumOf(FlywayCRC32, []byte("CREATE TABLE müller (\n  id  int\n);\n")); got == want {
		t.Error("another text has the same checksum")
	}
}

// One update for each line gives what one update for all of them gives.
func TestSumOf_flywayIsTheCRCOfAllLinesTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOf(rapid.StringMatching(`[a-zü ]{0,5}`)).Draw(t, "lines")
		want := int64(int32(crc32.ChecksumIEEE([]byte(strings.Join(lines, "")))))
		got := SumOf(FlywayCRC32, []byte(strings.Join(lines, "\n")))
		if got.Text != strconv.FormatInt(want, 10) {
			t.Fatalf("%q: %s, want %d", lines, got.Text, want)
		}
	})
}

func TestSumOf_knownTexts(t *testing.T) {
	t.Parallel()
	for kind, want := range map[SumKind]string{
		// https://reveng.sourceforge.io/crc-catalogue/17plus.htm: the check of CRC-32/ISO-HDLC
		FlywayCRC32: "-873187034",
		SHA1:        "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
		SHA256:      "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
		SHA384: "eb455d56d2c1a69de64e832011f3393d45f3fa31d6842f21af92d2fe469c499d" +
			"a5e3179847334a18479c8d1dedea1be3",
		AtlasChain: "",
	} {
		if got := SumOf(kind, []byte("123456789")); got.Text != want {
			t.Errorf("%s: %s, want %s", kind, got.Text, want)
		}
	}
}

func TestChain_coversTheFilesBefore(t *testing.T) {
	t.Parallel()
	chain := NewChain()
	first, err := chain.Add("1_a.sql", strings.NewReader("a"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := chain.Add("2_b.sql", strings.NewReader("b"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("1_a.sqla2_b.sqlb"))
	if second.Text != base64.StdEncoding.EncodeToString(sum[:]) || first == second {
		t.Errorf("the second file has %s after %s", second.Text, first.Text)
	}
}
