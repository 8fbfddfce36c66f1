using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Documents;

/// <summary>A program that was told that addresses are unique.</summary>
public sealed class UniqueEmailTests
{
    private const string Users = "/api/v1/users";

    [Test]
    public async Task An_address_is_one_users_whatever_its_case_until_the_user_is_deleted()
    {
        using var data = new DataDirectory();
        using var program = await RunningProgram.StartAsync(data.FullName, new Dictionary<string, string> { ["Workers__Domain__Users__UniqueEmail"] = "true" });
        var api = program.Api;
        await api.UntilAsync("/health/ready", answer => answer.Status == 200);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(n => api.PostAsync(Users, User($"u{n}", n % 2 == 0 ? "ada@example.org" : "ADA@example.org"))));

        var owner = answers.Single(answer => answer.Status == 201).Text("id");
        answers.Where(answer => answer.Status != 201).ShouldAllBe(answer => answer.Status == 409 && answer.Text("code") == "EMAIL_TAKEN");
        (await api.PostAsync(Users, User("bob", "bob@example.org"))).Status.ShouldBe(201);
        (await api.PutAsync($"{Users}/bob", """{"email":"Ada@Example.org"}""")).Text("code").ShouldBe("EMAIL_TAKEN");
        (await api.PutAsync($"{Users}/{owner}", """{"email":"Ada@Example.org"}""")).Status.ShouldBe(200);
        (await api.DeleteAsync($"{Users}/{owner}")).Status.ShouldBe(204);
        (await api.PutAsync($"{Users}/bob", """{"email":"Ada@Example.org"}""")).Status.ShouldBe(200);
        (await api.PostAsync(Users, User("eve", "bob@example.org"))).Status.ShouldBe(201);
    }

    private static string User(string id, string email) => $$"""{"user_id":"{{id}}","name":"Ada","email":"{{email}}"}""";
}
