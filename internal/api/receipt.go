package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"towpath/internal/receipt"
)

// receiptOf makes an endpoint that responds with the file of a receipt.
func receiptOf[I any](h func(context.Context, *I) (*receiptFile, error)) endpoint {
	e := headed(http.StatusOK, h)
	register := e.register
	e.register = func(s *Server, api huma.API, op huma.Operation) {
		op.Responses["200"] = &huma.Response{
			Description: "A DSSE envelope. docs/receipts.md describes it.",
			Content:     map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: huma.TypeObject}}},
		}
		register(s, api, op)
	}
	return e
}

// receiptFile is a receipt as a file. Its bytes must stay as they are.
type receiptFile struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// getReceipt issues the signed receipt of a rollout that has ended.
func (s *Server) getReceipt(ctx context.Context, in *RolloutPath) (*receiptFile, error) {
	file, err := s.Receipts.Issue(ctx, actorOf(ctx), in.Rollout)
	if err != nil {
		return nil, err
	}
	return &receiptFile{
		ContentType: "application/json",
		Disposition: `attachment; filename="towpath-receipt-` + in.Rollout + `.json"`,
		Body:        file,
	}, nil
}

// receiptKey is a public key of receipts.
type receiptKey struct {
	Fingerprint string    `json:"fingerprint" doc:"SHA-256 of the key as PKIX DER, in lower hex. Receipts name it as their keyid."`
	PublicKey   string    `json:"publicKey" doc:"The Ed25519 key as PEM."`
	CreatedAt   time.Time `json:"createdAt"`
	Current     bool      `json:"current" doc:"Whether receipts are signed by it from now on."`
}

func receiptKeyOf(k receipt.Key) receiptKey {
	return receiptKey{
		Fingerprint: receipt.Fingerprint(k.PublicKey), PublicKey: receipt.PEM(k.PublicKey),
		CreatedAt: k.MadeAt, Current: k.Current,
	}
}

// listReceiptKeys lists the public keys of receipts, oldest first.
func (s *Server) listReceiptKeys(ctx context.Context, _ *struct{}) (list[receiptKey], error) {
	keys, err := s.Receipts.Keys(ctx, actorOf(ctx))
	return all(keys, receiptKeyOf), err
}

// makeReceiptKey makes a key, by which receipts are signed from now on.
func (s *Server) makeReceiptKey(ctx context.Context, _ *struct{}) (list[receiptKey], error) {
	keys, err := s.Receipts.Rotate(ctx, actorOf(ctx))
	return all(keys, receiptKeyOf), err
}
