package mysql_test

import (
	"reflect"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/engine"
)

func TestNotices(t *testing.T) {
	t.Parallel()
	db := open(t, server.Database(t))
	for _, noTx := range []bool{true, false, false} { // the last one finds the connection of the one before
		o := options
		o.NoTx = noTx
		s := begin(t, db, o)
		must := func(text string) towpath.Notices {
			t.Helper()
			if _, err := exec(t, s, text); err != nil {
				t.Fatal(err)
			}
			return s.(engine.Talker).Notices()
		}
		if noTx {
			must("CREATE TABLE `order` (ü TINYINT)")
			got := must("DROP TABLE IF EXISTS nowhere")
			if len(got.Kept) != 1 || got.Kept[0].Level != "note" ||
				!strings.Contains(got.Kept[0].Text, "nowhere") {
				t.Errorf("notices are %+v", got)
			}
		}
		got := must("INSERT IGNORE INTO `order` VALUES (1), (1000)")
		if len(got.Kept) != 2 || got.Kept[0].Level != towpath.NoticeOtherwise || got.Kept[1].Level != "warning" ||
			!strings.Contains(got.Kept[1].Text, "'ü' at row 2 (1264)") {
			t.Errorf("notices are %+v", got)
		}
		must("SET sql_mode = ''")
		if got := must("INSERT INTO `order` VALUES (1000)"); len(got.Kept) != 2 ||
			!strings.Contains(got.Kept[1].Text, "'ü' at row 1 (1264)") {
			t.Errorf("notices of a value that is cut, in a mode of the file: %+v", got)
		}
		if got := must("INSERT INTO `order` VALUES (2)"); !reflect.DeepEqual(got, towpath.Notices{}) {
			t.Errorf("notices of nobody: %+v", got)
		}
		got = must("INSERT IGNORE INTO `order` VALUES (1000)" + strings.Repeat(", (1000)", 99))
		if len(got.Kept) != towpath.MaxNotices || got.More != 100-(towpath.MaxNotices-1) { // and one of our own
			t.Errorf("%d notices are kept, %d counted", len(got.Kept), got.More)
		}
		if err := s.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
