// Package towpath holds what the product is: its entities, their states and the rules between them.
//
// It imports the standard library only and does no I/O; every other package adapts to it.
// docs/GLOSSARY.md tells what the words mean.
package towpath
