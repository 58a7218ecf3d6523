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

// throttle limits the rate of tries per key, with a burst. Its zero value is ready to use.
type throttle struct {
	mu       sync.Mutex
	limiters map[string]*rate.Limiter
}

// allow counts a try of a key. It permits burst tries at once, then one per interval every;
// CodeTooMany beyond that.
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

// forget drops the keys that have recovered. When all keys are in use, it drops arbitrary ones.
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

// sourceKey maps a source address to its probable owner: a customer with IPv6 has a whole /64 of
// addresses.
func sourceKey(source string) string {
	addr, err := netip.ParseAddr(source)
	if err != nil || addr.Unmap().Is4() {
		return source
	}
	return netip.PrefixFrom(addr, 64).Masked().String()
}
