package api

// hookPrefix begins the addresses of webhooks; the hook's secret key follows.
const hookPrefix = "/hooks/"
