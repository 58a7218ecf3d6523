package api

import (
	"strings"

	"github.com/danielgtaylor/huma/v2/validation"
)

// inputWords are what people read in place of the framework's refusals of input: what to send. Both
// texts have a value at one place at most, which is %d, %v or "%s" there and % here.
var inputWords = [][2]string{
	{validation.MsgUnexpectedProperty, "There is no such field. Check its name."},
	{validation.MsgExpectedRFC3339DateTime, "Use a time such as 2026-11-22T12:00:00Z."},
	{validation.MsgExpectedBoolean, "Use true or false, without quotes."},
	{validation.MsgExpectedInteger, "Use a whole number, without quotes."},
	{validation.MsgExpectedNumber, "Use a number, without quotes."},
	{validation.MsgExpectedString, "Use a text in quotes."},
	{validation.MsgExpectedArray, "Use a list in square brackets."},
	{validation.MsgExpectedObject, "Use an object in braces."},
	{validation.MsgExpectedOneOf, "Use one of: %."},
	{validation.MsgExpectedMinimumNumber, "Use % or more."},
	{validation.MsgExpectedMaximumNumber, "Use % or less."},
	{validation.MsgExpectedMinLength, "Use % or more characters."},
	{validation.MsgExpectedMaxLength, "Use at most % characters."},
	{validation.MsgExpectedMinItems, "List % or more."},
	{validation.MsgExpectedMaxItems, "List at most %."},
}

// inWords is the refusal of a field in plain words; any other message becomes a sentence.
func inWords(message string) string {
	for _, words := range inputWords {
		if message == words[0] {
			return words[1]
		}
		if value, ok := valueIn(message, words[0]); ok {
			return strings.Replace(words[1], "%", value, 1)
		}
	}
	return sentence(message)
}

// valueIn returns the value that a message has where its format has one.
func valueIn(message, format string) (value string, ok bool) {
	before, verb, formatted := strings.Cut(format, "%")
	if !formatted {
		return "", false
	}
	value, ok = strings.CutPrefix(message, before)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(value, verb[1:])
}
