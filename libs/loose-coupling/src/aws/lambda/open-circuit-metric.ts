/**
 * A line of the log that CloudWatch makes a metric of: `OpenCircuits` in the namespace `LooseCoupling`, of a table and of each service.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const openCircuitMetric = (service: string, table: string, now: number): string =>
  JSON.stringify({
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [
        {
          Namespace: 'LooseCoupling',
          Dimensions: [['Table'], ['Table', 'Service']],
          Metrics: [{ Name: 'OpenCircuits', Unit: 'Count' }],
        },
      ],
    },
    Table: table,
    Service: service,
    OpenCircuits: 1,
  });
