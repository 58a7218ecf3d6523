package sqlparse

// Idle is how many children of a pool wait.
func Idle(p *Pool) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.free)
}

// Confine is what a child does to itself.
func Confine() error { return confine(memory) }
