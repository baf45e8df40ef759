// Measures one variant of one benchmark in a process of its own, and says what it measured.
import type { Bench, Settings } from './bench.ts'

const [url, variant, settings] = process.argv.slice(2) as [string, string, string]
const { bench } = (await import(url)) as { bench: Bench }
const measured = await bench.variants[variant]!.measure(JSON.parse(settings) as Settings)
// Nothing is closed here beyond the channel: whether the process then ends by itself is measured too.
process.send!(measured, () => process.disconnect())
