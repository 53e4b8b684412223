// Parses and renders one template with Go's text/template, with functions as confd has them. Asked by the benchmark:
// main parse|render TEMPLATE KEYS SECONDS prints operations, seconds of processor time and bytes allocated for each operation.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"runtime"
	"sort"
	"strconv"
	"syscall"
	"text/template"
	"time"
)

// A key with its value.
type pair struct{ Key, Value string }

func main() {
	text, keys := read(os.Args[2]), map[string]string{}
	if err := json.Unmarshal([]byte(read(os.Args[3])), &keys); err != nil {
		panic(err)
	}

	seconds, _ := strconv.ParseFloat(os.Args[4], 64)
	parsed := template.Must(template.New("nginx.conf").Funcs(functions(keys)).Parse(text))
	switch os.Args[1] {
	case "output":
		if err := parsed.Execute(os.Stdout, nil); err != nil {
			panic(err)
		}
	case "parse":
		library := functions(keys)
		measure(seconds, func() { template.Must(template.New("nginx.conf").Funcs(library).Parse(text)) })
	case "render":
		measure(seconds, func() {
			var output bytes.Buffer
			if err := parsed.Execute(&output, nil); err != nil {
				panic(err)
			}
		})
	}
}

func measure(seconds float64, operation func()) {
	for start := time.Now(); time.Since(start).Seconds() < seconds/4; {
		operation()
	}

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	count, start, used := 0, time.Now(), processorSeconds()
	for time.Since(start).Seconds() < seconds {
		operation()
		count++
	}

	elapsed := processorSeconds() - used
	runtime.ReadMemStats(&after)
	fmt.Printf("%d %f %d\n", count, elapsed, (after.TotalAlloc-before.TotalAlloc)/uint64(count))
}

func processorSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}

	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func read(name string) string {
	content, err := os.ReadFile(name)
	if err != nil {
		panic(err)
	}

	return string(content)
}

func functions(keys map[string]string) template.FuncMap {
	return template.FuncMap{
		"base": path.Base,
		"add":  func(a, b int) int { return a + b },
		"exists": func(key string) bool {
			_, found := keys[key]
			return found
		},
		"gets": func(pattern string) ([]pair, error) {
			pairs := []pair{}
			for key, value := range keys {
				if matches, err := path.Match(pattern, key); err != nil {
					return nil, err
				} else if matches {
					pairs = append(pairs, pair{key, value})
				}
			}

			sort.Slice(pairs, func(i, j int) bool { return pairs[i].Key < pairs[j].Key })
			return pairs, nil
		},
	}
}
