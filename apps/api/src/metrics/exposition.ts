type Labels = Record<string, string>

/**
 * Text in Prometheus' exposition format, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
 */
export class Exposition {
  static readonly contentType = 'text/plain; version=0.0.4; charset=utf-8'
  #lines: string[] = []

  /** One metric with all its samples: `[labels, value]`, with a suffix for parts of a histogram. */
  metric(
    name: string,
    type: 'counter' | 'gauge' | 'histogram',
    help: string,
    samples: Iterable<[labels: Labels, value: number, suffix?: string]>,
  ): void {
    this.#lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
    for (const [labels, value, suffix = ''] of samples) {
      const text = Object.entries(labels).map(([label, of]) => `${label}="${escaped(of)}"`)
      this.#lines.push(`${name}${suffix}${text.length > 0 ? `{${text.join(',')}}` : ''} ${value}`)
    }
  }

  toString(): string {
    return `${this.#lines.join('\n')}\n`
  }
}

function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
}
