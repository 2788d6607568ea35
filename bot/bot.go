// Package bot has what people see and can ask for, in no platform's terms.
package bot
