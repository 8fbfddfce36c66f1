using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NUnit.Framework;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Cluster;

/// <summary>
/// A broker of a test's own that lets nobody in without a password or TLS, from the jars that <c>WORKERS_TEST_KAFKA_LIBS</c> names: a listener each for SASL,
/// SASL over TLS, and TLS alone.
/// </summary>
internal sealed class SecureBroker : IDisposable
{
    public const string User = "workers";
    public const string Password = "s3cr3t-of-the-test";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(240);
    private static readonly string[] Listeners = ["SASL_PLAINTEXT", "SASL_SSL", "SSL"];
    private readonly DataDirectory _directory = new();
    private readonly string _libraries = TestServers.Named("WORKERS_TEST_KAFKA_LIBS") + "/*";
    private readonly int[] _ports = [.. Enumerable.Range(0, Listeners.Length + 2).Select(_ => FreePort())];
    private Process? _process;

    /// <summary>The authority that has signed its certificate.</summary>
    public string Authority => Path.Combine(_directory.FullName, "ca.pem");

    public string Address(string listener) => $"127.0.0.1:{_ports[Array.IndexOf(Listeners, listener)]}";

    public static async Task<SecureBroker> StartAsync()
    {
        var broker = new SecureBroker();
        try
        {
            await broker.RunAsync();
            return broker;
        }
        catch
        {
            broker.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process?.Dispose();
        _directory.Dispose();
    }

    private async Task RunAsync()
    {
        WriteCertificates();
        var properties = Path.Combine(_directory.FullName, "server.properties");
        await File.WriteAllTextAsync(properties, Properties());
        string[] users = [.. new[] { "SCRAM-SHA-256", "SCRAM-SHA-512" }.SelectMany(m => new[] { "--add-scram", $"{m}=[name={User},password={Password}]" })];
        await Tool.RunAsync("java", ["-cp", _libraries, "kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", properties, .. users]);

        var log = Path.Combine(_directory.FullName, "log");
        _process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec java -Xmx256m -cp \"$0\" kafka.Kafka \"$1\" >\"$2\" 2>&1", _libraries, properties, log]))!;
        using var patience = new CancellationTokenSource(Patience);
        while (!await OpensAsync(_ports[0]))
        {
            if (_process.HasExited || patience.IsCancellationRequested)
            {
                Assert.Fail($"The broker did not start:\n{await File.ReadAllTextAsync(log)}");
            }

            await Task.Delay(100);
        }
    }

    private string Properties()
    {
        var (inner, controller) = (_ports[^2], _ports[^1]);
        var open = string.Join(',', Listeners.Select(l => $"{l}://{Address(l)}").Append($"INNER://127.0.0.1:{inner}"));
        const string plain = "org.apache.kafka.common.security.plain.PlainLoginModule required";
        const string scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
        return $"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:{controller}
            listeners={open},CONTROLLER://127.0.0.1:{controller}
            advertised.listeners={open}
            controller.listener.names=CONTROLLER
            inter.broker.listener.name=INNER
            listener.security.protocol.map=INNER:PLAINTEXT,CONTROLLER:PLAINTEXT,{string.Join(',', Listeners.Select(l => $"{l}:{l}"))}
            sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
            listener.name.sasl_plaintext.plain.sasl.jaas.config={plain} user_{User}="{Password}";
            listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config={scram}
            listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config={scram}
            listener.name.sasl_ssl.plain.sasl.jaas.config={plain} user_{User}="{Password}";
            listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config={scram}
            listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config={scram}
            ssl.keystore.type=PEM
            ssl.keystore.location={Path.Combine(_directory.FullName, "broker.pem")}
            log.dirs={Path.Combine(_directory.FullName, "data")}
            auto.create.topics.enable=false
            offsets.topic.num.partitions=1
            offsets.topic.replication.factor=1
            transaction.state.log.num.partitions=1
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            group.initial.rebalance.delay.ms=0

            """;
    }

    private void WriteCertificates()
    {
        var (from, to) = (DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(120));
        using var authorityKey = RSA.Create(2048);
        var authority = new CertificateRequest("CN=Authority of the test", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var signing = authority.CreateSelfSigned(from, to);
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=broker", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(signing, from, to, [1]);
        File.WriteAllText(Authority, signing.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_directory.FullName, "broker.pem"), $"{key.ExportPkcs8PrivateKeyPem()}\n{signed.ExportCertificatePem()}\n");
    }

    private static async Task<bool> OpensAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // Below those that the system gives to clients, of which one that retries could be given this very port.
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(10_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
            }
        }
    }
}
