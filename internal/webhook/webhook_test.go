package webhook_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/webhook"
	"towpath/internal/wording"
)

const key = "0123456789abcdef"

type bundle struct {
	*webhook.Service
	environment string
	answer      http.HandlerFunc
	url         string
}

func setup(t *testing.T) *bundle {
	t.Helper()
	dir := t.TempDir()
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(dir, "metadata.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	keyring, err := secret.Open(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{Service: &webhook.Service{
		Store: st, Keyring: keyring, ExternalURL: "http://localhost", Client: http.DefaultClient, Trial: true,
	}}
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.answer(w, r) }))
	t.Cleanup(far.Close)
	b.url = far.URL + "/a?secret-path"
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		e := towpath.Environment{Name: "prod"}
		err := tx.CreateEnvironment(ctx, &e)
		b.environment = e.ID
		return err
	})
	return b
}

func (b *bundle) write(t *testing.T, do func(context.Context, *store.Tx) error) {
	t.Helper()
	err := b.Store.Write(t.Context(), func(tx *store.Tx) error { return do(t.Context(), tx) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestSign_isWhatAReceiverComputes(t *testing.T) {
	t.Parallel()
	// echo -n '1700000000.{}' | openssl dgst -sha256 -hmac 0123456789abcdef
	const want = "t=1700000000,v1=e4f8e2ecae2295b2ddb2f0b5584c8275e226c0ebe9b3b819e70156bb67122e3e"
	if got := webhook.Sign([]byte(key), []byte("{}"), time.Unix(1700000000, 0)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSet_refusesWhatIsNotSafe(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Trial = false
	for _, c := range []struct{ url, secret, words string }{
		{"http://approvals.example.com", key, "begins with https://"},
		{"file:///etc/passwd", key, "an address such as"},
		{"https://", key, "an address such as"},
		{"https://ada:pw@example.com", key, "Leave out user"},
		{"https://example.com/" + strings.Repeat("a", 2000), key, "an address such as"},
		{"https://example.com", "short", "16 to 200"},
		{"https://example.com", "", "Enter a secret"},
	} {
		err := b.Set(t.Context(), towpath.Actor{}, b.environment, c.url, c.secret)
		if towpath.ErrorCode(err) != towpath.CodeInvalid || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %v", c.url, err)
		}
	}
	if err := b.Set(t.Context(), towpath.Actor{}, b.environment, " https://example.com/größe ", key); err != nil {
		t.Error(err)
	}
	h, _, err := b.Hook(t.Context(), b.environment)
	if err != nil || h.URL != "https://example.com/größe" || strings.Contains(string(h.EncryptedSecret), key) {
		t.Errorf("%+v, %v", h, err)
	}
	if err := b.Set(t.Context(), towpath.Actor{}, b.environment, "https://other.example.com", ""); err != nil {
		t.Errorf("the address without the secret: %v", err)
	}
	for range 2 {
		if err := b.Remove(t.Context(), towpath.Actor{}, b.environment); err != nil {
			t.Error(err)
		}
	}
	if _, err := b.Test(t.Context(), towpath.Actor{}, b.environment); towpath.ErrorCode(err) != towpath.CodeNotFound {
		t.Errorf("a test without a receiver: %v", err)
	}
}

// A test says what came of it, follows no redirect, and never names the address.
func TestTest_saysWhatCameOfIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if err := b.Set(t.Context(), towpath.Actor{}, b.environment, b.url, key); err != nil {
		t.Fatal(err)
	}
	followed := false
	for words, answer := range map[string]http.HandlerFunc{
		"": func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			parts := strings.SplitN(r.Header.Get(webhook.SignatureHeader), ",", 2)
			var at int64
			for _, digit := range strings.TrimPrefix(parts[0], "t=") {
				at = at*10 + int64(digit-'0')
			}
			if webhook.Sign([]byte(key), body, time.Unix(at, 0)) != r.Header.Get(webhook.SignatureHeader) ||
				!strings.Contains(string(body), `"event":"test"`) || r.Header.Get(webhook.DeliveryHeader) == "" {
				t.Errorf("%v %s", r.Header, body)
			}
		},
		"answered 302": func(w http.ResponseWriter, r *http.Request) {
			followed = followed || r.URL.Path == "/elsewhere"
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		},
		"answered 500": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.Copy(w, strings.NewReader(strings.Repeat("<b>", 1<<20)))
		},
		"could not be reached": func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) },
	} {
		b.answer = answer
		q, err := b.Test(t.Context(), towpath.Actor{}, b.environment)
		text := wording.Text(q.Reason)
		if err != nil || !strings.Contains(text, words) || (words == "") != (q.State == towpath.RequestDelivered) ||
			strings.Contains(text, "secret-path") {
			t.Errorf("%q: %+v, %s, %v", words, q, text, err)
		}
		_, last, err := b.Hook(t.Context(), b.environment)
		if err != nil || last.ID != q.ID || last.State != q.State {
			t.Errorf("%q: last %+v, %v", words, last, err)
		}
	}
	if followed {
		t.Error("a redirect was followed")
	}
}

func TestSend_givesUpWhatNobodyWaitsFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.answer = func(http.ResponseWriter, *http.Request) { t.Error("it was sent") }
	if err := b.Set(t.Context(), towpath.Actor{}, b.environment, b.url, key); err != nil {
		t.Fatal(err)
	}
	var q towpath.ApprovalRequest
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		for range 2 { // once for each evidence
			if err := tx.WantApproval(ctx, b.environment, "gone", "evidence"); err != nil {
				return err
			}
		}
		jobs, err := tx.ClaimJobs(ctx, "test", tx.Now.Add(time.Minute), 10)
		if len(jobs) != 1 {
			t.Fatalf("%d jobs", len(jobs))
		}
		q.ID = jobs[0].Subject
		return err
	})
	if again, err := b.Send(t.Context(), q.ID); err != nil || again != nil {
		t.Errorf("%v, %v", again, err)
	}
	b.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
		q, err = tx.ApprovalRequest(ctx, q.ID)
		return err
	})
	if q.State != towpath.RequestObsolete || q.Attempts != 0 {
		t.Errorf("%+v", q)
	}
	if again, err := b.Send(t.Context(), "another"); err != nil || again != nil {
		t.Errorf("%v, %v", again, err)
	}
}
