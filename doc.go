// Package towpath defines the entities of the product, their states and the rules between them.
//
// It imports only the standard library and does no I/O; all other packages import it.
// docs/GLOSSARY.md defines the words.
package towpath
