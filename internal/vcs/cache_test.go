package vcs_test

import (
	"testing"
	"testing/synctest"
	"time"

	"towpath/internal/vcs"
)

func TestCache_keepsTheNewestForAWhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c vcs.Cache[int]
		want := func(key string, value int) {
			t.Helper()
			if got, ok := c.Get(key, time.Minute); got != value || ok != (value > 0) {
				t.Errorf("%s is %d (%t), want %d", key, got, ok, value)
			}
		}
		want("a", 0)
		c.Put("a", 1, 2)
		time.Sleep(time.Second)
		c.Put("b", 2, 2)
		time.Sleep(time.Second)
		c.Put("b", 3, 2) // replaces, and makes no room
		want("a", 1)
		want("b", 3)
		c.Put("c", 4, 2)
		want("a", 0) // the oldest is gone, and it alone
		want("b", 3)
		want("c", 4)
		time.Sleep(time.Minute)
		want("b", 0)
		want("c", 0)
	})
}
