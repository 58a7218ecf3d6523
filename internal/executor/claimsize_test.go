package executor

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestClaimSize(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ran  int
		took time.Duration
		want int
	}{
		"the first of quick ones":            {1, 20 * time.Millisecond, 4},
		"quick ones":                         {16, 80 * time.Millisecond, 64},
		"never more than the most":           {64, 64 * time.Millisecond, 64},
		"as many as fit":                     {16, 800 * time.Millisecond, 10},
		"slow readings around a quick one":   {1, 0, 4},
		"one that takes a while is followed": {1, 300 * time.Millisecond, 2},
		"one that takes all of the time":     {1, 500 * time.Millisecond, 2},
		"one that takes longer":              {1, 501 * time.Millisecond, 1},
		"many of which one took long":        {10, 4 * time.Second, 2},
		"none ran":                           {0, 0, 4},
	} {
		if got := claimSize(c.ran, c.took, 500*time.Millisecond); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// The next tasks end in time if they take as long as the last ones, whatever those took.
func TestClaimSize_endsInTime(t *testing.T) {
	t.Parallel()
	for range 10_000 {
		ran, aim := 1+rand.IntN(maxClaim), time.Duration(1+rand.Int64N(int64(time.Second)))
		took := time.Duration(rand.Int64N(int64(10 * time.Second)))
		size, each := claimSize(ran, took, aim), took/time.Duration(ran)
		switch {
		case size < 1 || size > maxClaim || size > ran*4:
			t.Fatalf("%d tasks after %d", size, ran)
		case size > 2 && time.Duration(size)*each > aim:
			t.Fatalf("%d tasks of %v in %v", size, each, aim)
		case size > 1 && each > aim:
			t.Fatalf("%d tasks, of which each takes %v, more than %v", size, each, aim)
		case size == 1 && each <= aim:
			t.Fatalf("a task that takes %v of %v is claimed alone", each, aim)
		}
		if slower := claimSize(ran, took*2, aim); slower > size {
			t.Fatalf("%d tasks in %v, and %d in twice the time", size, took, slower)
		}
	}
}
