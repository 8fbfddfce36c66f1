using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Shouldly;
using Workers.Engine.Encryption;
using Workers.Engine.Identity;
using Workers.Host.Configuration;

namespace Workers.Architecture.Configuration;

/// <summary>Which keys a process has, as it is configured.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class EncryptionKeysTests
{
    [Test]
    public void What_MySql_s_own_key_has_written_is_read_when_a_key_is_configured_and_new_values_have_that_one()
    {
        var before = Cipher(new WorkersOptions { Store = { Kind = "mysql" } });
        var kept = before.Encrypt("\"whsec_x\""u8);
        var young = DataKey.Make();

        var after = Cipher(new WorkersOptions { Store = { Kind = "mysql" }, Encryption = { Keys = [young.ToString()] } });

        after.Text(kept).ShouldBe("whsec_x");
        after.Encrypt("1"u8).ShouldStartWith($"enc:v1:{young.Id}:");
    }

    [TestCase("email")]
    [TestCase("amount")]
    [TestCase("sku")]
    public void A_field_that_a_command_is_executed_by_cannot_be_made_sensitive(string field) =>
        Should.Throw<ConfigurationException>(() => Cipher(new WorkersOptions { Security = { SensitiveFields = [field] } })).Message.ShouldContain(field);

    [TestCase("tax_number")]
    [TestCase("secret")]
    public void A_field_of_open_data_and_one_that_is_sensitive_anyway_can(string field) =>
        Cipher(new WorkersOptions { Security = { SensitiveFields = [field] }, Store = { Kind = "mysql" } }).Encrypt("1"u8).ShouldStartWith("enc:v1:store:");

    private static DataCipher Cipher(WorkersOptions options)
    {
        using var services = new ServiceCollection().AddSingleton(new FingerprintKey(new byte[FingerprintKey.Length])).AddEncryption(options).BuildServiceProvider();
        return services.GetRequiredService<DataCipher>();
    }
}
