// Prometheus metrics: requests as they happen, everything else read from plain numbers at the moment somebody looks.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** A figure that the server keeps anyway. A `count` only grows; a `level` goes both ways. */
export interface Figure {
  /** Without the prefix `ostraka_`. */
  readonly name: string;
  readonly kind: 'count' | 'level';
  readonly help: string;
  /** One value, or one for each value of the label. */
  read(): number | Readonly<Record<string, number>>;
  /** Name of the label, where `read` gives a record. */
  readonly label?: string;
}

export interface Metrics {
  observeRequest(request: { readonly method: string; readonly route: string; readonly status: number; readonly elapsedMs: number }): void;
  add(figures: readonly Figure[]): void;
  /** Answers the function that is told each value. */
  addHistogram(name: string, help: string, buckets: readonly number[]): (value: number) => void;
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
}

const PREFIX = 'ostraka_';
const REQUEST_SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10];

/** A registry of its own: two coordinators in one process, as in tests, do not add up. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: `${PREFIX}http_request_seconds`,
    help: 'Time to answer HTTP requests; streams count until their first byte.',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_SECONDS,
    registers: [registry],
  });
  return {
    observeRequest({ method, route, status, elapsedMs }) {
      requests.observe({ method, route, status: String(status) }, elapsedMs / 1_000);
    },
    add: (figures) => figures.forEach((figure) => register(figure, registry)),
    addHistogram(name, help, buckets) {
      const histogram = new Histogram({ name: `${PREFIX}${name}`, help, buckets: [...buckets], registers: [registry] });
      return (value) => histogram.observe(value);
    },
    async read() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function register(figure: Figure, registry: Registry): void {
  const options = {
    name: `${PREFIX}${figure.name}`,
    help: figure.help,
    labelNames: figure.label === undefined ? [] : [figure.label],
    registers: [registry],
  };
  if (figure.kind === 'level') {
    new Gauge({
      ...options,
      collect() {
        this.reset();
        eachValue(figure, (labels, value) => this.set(labels, value));
      },
    });
    return;
  }
  new Counter({
    ...options,
    collect() {
      this.reset();
      eachValue(figure, (labels, value) => this.inc(labels, value));
    },
  });
}

function eachValue({ read, label }: Figure, tell: (labels: Record<string, string>, value: number) => void): void {
  const values = read();
  if (typeof values === 'number') tell({}, values);
  else for (const [name, value] of Object.entries(values)) tell(label === undefined ? {} : { [label]: name }, value);
}
