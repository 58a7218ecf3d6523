package vcs

import (
	"reflect"

	"towpath"
)

// ClipAll clips every text of a decoded answer, so that no longer one is kept or shown. A path
// stays whole, since a clipped one would name another file: code that reads trees bounds it.
func ClipAll(answer any) { clipValue(reflect.ValueOf(answer)) }

func clipValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			clipValue(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("json") != "path" {
				clipValue(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if v.Type().Elem().Kind() == reflect.Uint8 {
				return
			}
			clipValue(v.Index(i))
		}
	case reflect.String:
		if v.CanSet() && v.Len() > towpath.MaxText {
			v.SetString(towpath.Clip(v.String()))
		}
	}
}
