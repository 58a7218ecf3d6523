package workspace

import (
	"reflect"
	"strings"
	"testing"

	"towpath"
)

func TestReviewChange_keepsWhatItDoesNotName(t *testing.T) {
	t.Parallel()
	strict, format := towpath.ReviewStrict, "^a$"
	before := towpath.ReviewPolicy{
		Levels:   map[string]towpath.ReviewLevel{"PL01": towpath.ReviewError, "DS03": towpath.ReviewOff},
		Settings: map[string]map[string]string{"NM02": {"format": "x"}, "TB04": {"limit": "9"}},
		Insist:   []string{"DS03"},
	}
	original := before
	original.Levels = map[string]towpath.ReviewLevel{"PL01": towpath.ReviewError, "DS03": towpath.ReviewOff}
	for name, tt := range map[string]struct {
		change ReviewChange
		want   towpath.ReviewPolicy
		words  string
	}{
		"nothing": {want: before},
		"the same": {
			change: ReviewChange{
				Levels: map[string]towpath.ReviewLevel{"PL01": towpath.ReviewError, "ST03": ""},
				Insist: map[string]bool{"DS03": true, "PL01": false},
			},
			want: before,
		},
		"a preset and a level": {
			change: ReviewChange{
				Preset: &strict,
				Levels: map[string]towpath.ReviewLevel{"PL01": towpath.ReviewInfo, "DS03": ""},
			},
			want: towpath.ReviewPolicy{
				Preset:   strict,
				Levels:   map[string]towpath.ReviewLevel{"PL01": towpath.ReviewInfo},
				Settings: before.Settings,
				Insist:   before.Insist,
			},
			words: "preset from recommended to strict, DS03 from off to the preset's, PL01 from error to info",
		},
		"settings and insist": {
			change: ReviewChange{
				Settings: map[string]map[string]*string{
					"NM02": {"format": &format}, "TB04": {"limit": nil}, "NM01": {"format": nil},
				},
				Insist: map[string]bool{"DS03": false, "*": true},
			},
			want: towpath.ReviewPolicy{
				Levels:   before.Levels,
				Settings: map[string]map[string]string{"NM02": {"format": "^a$"}},
				Insist:   []string{"*"},
			},
			words: `NM02 format from "x" to "^a$", TB04 limit from "9" to the default, insists on every rule, ` +
				"no longer insists on DS03",
		},
	} {
		got := tt.change.apply(before)
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
		if words := strings.Join(reviewDifferences(before, got), ", "); words != tt.words {
			t.Errorf("%s: %s, want %s", name, words, tt.words)
		}
		if !reflect.DeepEqual(before.Levels, original.Levels) || before.Settings["NM02"]["format"] != "x" {
			t.Fatalf("%s has changed the policy before it: %+v", name, before)
		}
	}
}
