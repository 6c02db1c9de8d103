package io.mailveil.server;

import javax.inject.Inject;
import javax.jms.ConnectionFactory;

import org.apache.james.metrics.api.GaugeRegistry;
import org.apache.james.metrics.api.MetricFactory;
import org.apache.james.queue.activemq.ActiveMQMailQueueFactory;
import org.apache.james.queue.activemq.metric.ActiveMQMetricCollector;
import org.apache.james.queue.api.MailQueueItemDecoratorFactory;
import org.apache.james.queue.api.MailQueueName;
import org.apache.james.queue.api.ManageableMailQueue;

/** Makes {@link DurableMailQueue}s, and closes them at the end. */
class DurableMailQueueFactory extends ActiveMQMailQueueFactory {
    private final ConnectionFactory connections;
    private final MailQueueItemDecoratorFactory decorators;
    private final MetricFactory metrics;
    private final GaugeRegistry gauges;
    private final ActiveMQMetricCollector collector;

    @Inject
    DurableMailQueueFactory(ConnectionFactory connections, MailQueueItemDecoratorFactory decorators, MetricFactory metrics,
            GaugeRegistry gauges, ActiveMQMetricCollector collector) {
        super(connections, decorators, metrics, gauges, collector);
        this.connections = connections;
        this.decorators = decorators;
        this.metrics = metrics;
        this.gauges = gauges;
        this.collector = collector;
    }

    @Override
    protected ManageableMailQueue createCacheableMailQueue(MailQueueName name) {
        collector.collectQueueStatistics(name);
        return new DurableMailQueue(connections, decorators, name, metrics, gauges);
    }
}
