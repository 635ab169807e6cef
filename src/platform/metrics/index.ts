import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What is measured, for Prometheus. One registry a server, so that tests do not share any. */
export interface Metrics {
  registry: Registry;
  httpRequests: Counter<'method' | 'route' | 'status'>;
  httpSeconds: Histogram<'method' | 'route'>;
  refusals: Counter<'code'>;
  sweptDeadlines: Counter;
  searchSeconds: Histogram;
  indexedConnectors: Gauge;
  eventPosition: Gauge;
}

/** What is looked up whenever the figures are asked for. */
interface MetricSources {
  indexedConnectors(): number;
  /** where NATS is configured */
  isNatsConnected?(): boolean;
}

export function createMetrics(sources?: MetricSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'plugtime_' });
  const registers = [registry];
  if (sources?.isNatsConnected) addNatsGauge(registry, () => sources.isNatsConnected!());
  return {
    registry,
    httpRequests: new Counter({ name: 'plugtime_http_requests_total', help: 'Requests answered', labelNames: ['method', 'route', 'status'], registers }),
    httpSeconds: new Histogram({
      name: 'plugtime_http_request_seconds', help: 'Time to answer a request', labelNames: ['method', 'route'], buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10], registers,
    }),
    refusals: new Counter({ name: 'plugtime_refusals_total', help: 'Requests refused, by error code', labelNames: ['code'], registers }),
    sweptDeadlines: new Counter({ name: 'plugtime_deadlines_total', help: 'Deadlines acted on', registers }),
    searchSeconds: new Histogram({ name: 'plugtime_search_seconds', help: 'Time of a search in the index', buckets: [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1], registers }),
    indexedConnectors: new Gauge({
      name: 'plugtime_indexed_connectors', help: 'Connectors in the search index', registers,
      collect() {
        this.set(sources?.indexedConnectors() ?? 0);
      },
    }),
    eventPosition: new Gauge({ name: 'plugtime_event_position', help: 'Position of the newest event that this process has read', registers }),
  };
}

function addNatsGauge(registry: Registry, isConnected: () => boolean): void {
  const gauge: Gauge = new Gauge({
    name: 'plugtime_nats_connected', help: '1 while other processes can wake this one over NATS', registers: [registry],
    collect: () => gauge.set(isConnected() ? 1 : 0),
  });
}
