package report_test

import (
	"os"
	"testing"

	"towpath/internal/link/linktest"
)

func TestMain(m *testing.M) { os.Exit(linktest.Main(m)) }
