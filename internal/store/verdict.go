package store

import (
	"context"

	"towpath"
)

// Verdict is the result of validating a stored text by the rules of an engine.
type Verdict struct {
	Checksum string
	Engine   towpath.EngineType
	Rules    string         // the version of the rules
	Refusal  towpath.Reason // why it must not run; zero when it may
	Roles    towpath.Reason // the same where roles may not be changed
}

var verdicts = newTable("text_verdict", 2, func(v *Verdict) []column {
	return []column{
		{"checksum", &v.Checksum},
		{"engine", (*string)(&v.Engine)},
		{"rules", &v.Rules},
		{"refusal", reason{&v.Refusal}},
		{"roles", reason{&v.Roles}},
	}
})

// Verdicts returns the verdicts under these rules for those of the checksums that have one.
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
