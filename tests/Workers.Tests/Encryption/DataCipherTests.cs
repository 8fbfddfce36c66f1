using System.Text;
using System.Text.Json;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Engine.Encryption;
using Workers.Handlers.Projections;

namespace Workers.Tests.Encryption;

[Parallelizable(ParallelScope.All)]
public sealed class DataCipherTests
{
    private static readonly SensitiveNames Names = new([.. Sensitive.Names, "tax_number"]);

    [TestCase("""{"data":{"card_number":"4111111111111111","name":"Ada"}}""", "4111111111111111")]
    [TestCase("""{"data":{"cards":[{"cvv":123}]},"metadata":{"password":"hunter2"}}""", "hunter2")]
    [TestCase("""{"tax_number":{"country":"AT","number":"U12345678"}}""", "U12345678")]
    [TestCase("""{"secret":null}""", "null")]
    public void What_is_sensitive_is_unreadable_until_it_is_revealed_as_it_was_sent(string json, string secret)
    {
        var cipher = new DataCipher([DataKey.Make()], Names);

        var kept = cipher.Protect(Encoding.UTF8.GetBytes(json), typeof(CreateUser));

        Encoding.UTF8.GetString(kept).ShouldNotContain(secret);
        Encoding.UTF8.GetString(cipher.Reveal(kept, typeof(CreateUser))).ShouldBe(json);
        Encoding.UTF8.GetString(new SensitiveMask(Names).Apply(kept, null)).ShouldNotContain(Sensitive.Encrypted);
    }

    [TestCase("{\"name\":\"Zo\u00EB\",\"password\":\"x\"}")]
    [TestCase("""{"name":"\ud83d","password":"x"}""")]
    [TestCase("""{"\ud83d":"name","password":"x"}""")]
    public void Beside_what_is_no_valid_Unicode_nothing_is_encrypted_revealed_or_shown(string json)
    {
        var sent = Encoding.Latin1.GetBytes(json);
        var cipher = new DataCipher([DataKey.Make()], Names);

        Should.Throw<JsonException>(() => cipher.Protect(sent, null));
        Should.Throw<JsonException>(() => cipher.Reveal(sent, null));
        Should.Throw<JsonException>(() => new SensitiveMask(Names).Apply(sent, null));
    }

    [Test]
    public void A_marked_member_is_encrypted_and_a_hash_only_masked()
    {
        var cipher = new DataCipher([DataKey.Make()], Names);
        var info = CommandCatalog.Of<CreateKey>();

        var kept = Encoding.UTF8.GetString(cipher.Protect(info.ToBytes(new CreateKey { KeyId = "k", Hash = "cafe", Signing = "whsec_x" }), info.Type));

        kept.ShouldContain("cafe");
        kept.ShouldNotContain("whsec_x");
        Encoding.UTF8.GetString(new SensitiveMask(Names).Apply(Encoding.UTF8.GetBytes(kept), info.Type)).ShouldNotContain("cafe");
    }

    [Test]
    public void What_looks_encrypted_when_it_is_sent_comes_back_as_it_was_sent()
    {
        var cipher = new DataCipher([DataKey.Make()], Names);
        var sent = Encoding.UTF8.GetBytes($$"""{"password":"{{cipher.Encrypt("\"mine\""u8)}}"}""");
        Encoding.UTF8.GetString(cipher.Reveal(cipher.Protect(sent, null), null)).ShouldBe(Encoding.UTF8.GetString(sent));
    }

    [TestCase("enc:v1:gone:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [TestCase("enc:v1:")]
    [TestCase(null)]
    public void What_a_caller_wrote_into_another_member_is_not_decrypted(string? text)
    {
        var cipher = new DataCipher([DataKey.Make()], Names);
        var sent = Encoding.UTF8.GetBytes($$"""{"note":"{{text ?? cipher.Encrypt("\"somebody's\""u8)}}","list":[{"password":"mine"}]}""");
        Encoding.UTF8.GetString(cipher.Reveal(cipher.Protect(sent, null), null)).ShouldBe(Encoding.UTF8.GetString(sent));
    }

    [Test]
    public void After_a_rotation_old_values_are_read_and_new_ones_have_the_new_key()
    {
        var (old, young) = (new DataKey("old", new byte[32]), DataKey.Make());
        var before = new DataCipher([old], Names).Encrypt("\"value\""u8);
        var rotated = new DataCipher([young, old], Names);

        rotated.Text(before).ShouldBe("value");
        rotated.Encrypt("\"value\""u8).ShouldStartWith($"enc:v1:{young.Id}:");
        Should.Throw<DataKeyMissingException>(() => new DataCipher([young], Names).Text(before)).Message.ShouldContain("old");
    }

    [Test]
    public void Plain_values_of_before_are_read_as_they_are() => new DataCipher([DataKey.Make()], Names).Text("whsec_plain").ShouldBe("whsec_plain");

    [Test]
    public void A_value_that_was_tampered_with_is_not_read()
    {
        var cipher = new DataCipher([DataKey.Make()], Names);
        var kept = cipher.Encrypt("\"value\""u8);
        var at = kept.Length - 8;
        Should.Throw<System.Security.Cryptography.CryptographicException>(() => cipher.Text(kept[..at] + (kept[at] == 'A' ? 'B' : 'A') + kept[(at + 1)..]));
    }

    [TestCase("")]
    [TestCase("id")]
    [TestCase("id:c2hvcnQ=")]
    [TestCase("i d:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void What_is_no_key_is_refused_without_repeating_it(string text) =>
        Should.Throw<FormatException>(() => DataKey.Parse(text)).Message.ShouldNotContain("c2hvcnQ=");

    [Test]
    public void A_key_is_read_as_it_is_written()
    {
        var key = DataKey.Make();
        DataKey.Parse(key.ToString()).Bytes.ShouldBe(key.Bytes);
    }
}
