package towpath

// Patch sets a field to the value that a change has for it; nil leaves the field as it is.
func Patch[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}
