package auth

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"towpath"
)

// maxLimiters bounds how many keys a throttle remembers.
const maxLimiters = 10_000

// throttle lets each key through a few times at once and then slowly. Its zero value is ready.
type throttle struct {
	mu       sync.Mutex
	limiters map[string]*rate.Limiter
}

// allow counts one try of a key: burst at once, then one each interval.
func (t *throttle) allow(key string, now time.Time, every time.Duration, burst int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.limiters[key]
	if l == nil {
		if len(t.limiters) >= maxLimiters {
			t.forget(now, burst)
		}
		if t.limiters == nil {
			t.limiters = map[string]*rate.Limiter{}
		}
		l = rate.NewLimiter(rate.Every(every), burst)
		t.limiters[key] = l
	}
	if !l.AllowN(now, 1) {
		return towpath.Errorf(towpath.CodeTooMany, "Too many tries. Wait a minute, then try again.")
	}
	return nil
}

// forget drops the keys that have recovered; when somebody keeps all of them busy, it drops any.
func (t *throttle) forget(now time.Time, burst int) {
	for key, l := range t.limiters {
		if l.TokensAt(now) >= float64(burst) {
			delete(t.limiters, key)
		}
	}
	for key := range t.limiters {
		if len(t.limiters) < maxLimiters {
			return
		}
		delete(t.limiters, key)
	}
}

// sourceKey maps a source address to whom it probably belongs: an IPv6 customer has a /64 of
// addresses to choose from.
func sourceKey(source string) string {
	addr, err := netip.ParseAddr(source)
	if err != nil || addr.Unmap().Is4() {
		return source
	}
	return netip.PrefixFrom(addr, 64).Masked().String()
}
