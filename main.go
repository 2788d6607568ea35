// Pactwatch tells a team in Slack and Discord about changes in AI partnerships.
package main

func main() {}
