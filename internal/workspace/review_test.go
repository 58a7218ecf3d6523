package workspace

import (
	"reflect"
	"strings"
	"testing"

	"towpath/internal/wording"

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
			words: "Changed the preset of the SQL review in prod from recommended to strict. " +
				"Changed the level of DS03 in prod from off to the preset's. " +
				"Changed the level of PL01 in prod from error to info.",
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
			words: "Changed the setting format of NM02 in prod from “x” to “^a$”. " +
				"Changed the setting limit of TB04 in prod from “9” to the default. " +
				"Made every rule mandatory in prod. Made DS03 optional in prod.",
		},
	} {
		got := tt.change.apply(before)
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
		var words []string
		for _, act := range reviewActs(towpath.Actor{}, before, towpath.Environment{Name: "prod", Review: got}) {
			words = append(words, wording.Act(act))
		}
		if said := strings.Join(words, " "); said != tt.words {
			t.Errorf("%s: %s, want %s", name, said, tt.words)
		}
		if !reflect.DeepEqual(before.Levels, original.Levels) || before.Settings["NM02"]["format"] != "x" {
			t.Fatalf("%s has changed the policy before it: %+v", name, before)
		}
	}
}
