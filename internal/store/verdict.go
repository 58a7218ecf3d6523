package store

import (
	"context"

	"towpath"
	"towpath/internal/schema"
)

// Verdict is the result of validating a stored text by the rules of an engine.
type Verdict struct {
	Checksum string
	Engine   towpath.EngineType
	Filling  string         // towpath.Filling.Digest of what was put into the text
	Rules    string         // the version of the rules
	Refusal  towpath.Reason // why the text must not run; zero when it may
	Roles    towpath.Reason // the same for environments in which roles must not be changed
	Names    *schema.Names  // of the text of a repeatable file; nil when they were not read
}

var verdicts = newTable("text_verdict", 3, func(v *Verdict) []column {
	return []column{
		{"checksum", &v.Checksum},
		{"engine", (*string)(&v.Engine)},
		{"filling", &v.Filling},
		{"rules", &v.Rules},
		{"refusal", reason{&v.Refusal}},
		{"roles", reason{&v.Roles}},
		{"names", jsonText{&v.Names}},
	}
})

// Verdicts returns the verdicts by this version of the rules. Checksums without one are left out.
func (tx *Tx) Verdicts(ctx context.Context, rules string, checksums []string) (list []Verdict, err error) {
	for len(checksums) > 0 {
		batch := checksums[:min(len(checksums), maxLookup)]
		checksums = checksums[len(batch):]
		args := make([]any, len(batch))
		for i, checksum := range batch {
			args[i] = checksum
		}
		err := verdicts.each(ctx, tx, "WHERE checksum IN "+tuples(1, len(args), tx.shared), args,
			func(v Verdict) error {
				if v.Rules == rules {
					list = append(list, v)
				}
				return nil
			})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// PutVerdicts stores the verdicts of stored texts.
func (tx *Tx) PutVerdicts(ctx context.Context, list ...Verdict) error {
	return verdicts.upsert(ctx, tx, list...)
}
