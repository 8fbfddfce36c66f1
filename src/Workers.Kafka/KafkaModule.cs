using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Workers.Contracts.Commands;
using Workers.Engine.Encryption;
using Workers.Engine.Identity;
using Workers.Engine.Log;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Kafka;

public static class KafkaModule
{
    /// <summary>
    /// The log on Kafka, opened when it is first asked for and closed with the container. Until then nothing of Kafka is loaded. Of a store that keeps the
    /// outbox, <see cref="IRelayLog"/> is what it is sent to.
    /// </summary>
    public static IServiceCollection AddKafka(this IServiceCollection services, KafkaOptions options) => services
        .AddSingleton(provider => KafkaLog.Open(
            options, provider.GetRequiredService<FeedOptions>(), provider.GetService<RuleSettings>(), provider.GetService<FingerprintKey>, provider.GetRequiredService<ILogger<KafkaLog>>(),
            provider.GetService<DataCipher>, () => provider.GetService<IPartitionGrowth>()?.CountAsync(CancellationToken.None).GetAwaiter().GetResult()))
        .AddSingleton<ILog>(provider => provider.GetRequiredService<KafkaLog>())
        .AddSingleton<IRelayLog>(provider => provider.GetRequiredService<KafkaLog>());
}
