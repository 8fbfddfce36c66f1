using System.Security.Cryptography;
using Workers.Pages.Markup;
using Workers.Pages.Sessions;
using Workers.Engine.Identity;

namespace Workers.Pages.Frames;

/// <summary>What can be done: a form that opens under its button, asks what is needed and works without script. Whoever may not do it sees it disabled, with the reason.</summary>
internal static class Acts
{
    /// <param name="visit">Whose visit.</param>
    /// <param name="path">Where the form goes, below the console's root.</param>
    /// <param name="label">On its button.</param>
    /// <param name="needs">One of these roles.</param>
    /// <param name="fields">What is asked.</param>
    /// <param name="says">What will happen, in a sentence.</param>
    /// <param name="isGrave">It takes something away.</param>
    public static Html Form(Visit visit, string path, string label, Role needs, Html fields, string says = "", bool isGrave = false) => visit.May(needs)
        ? Html.Of($"""
            <details class="act" id="{IdOf(path, label)}"><summary class="button{(isGrave ? " grave" : "")}">{label}</summary>
            <form method="post" action="{visit.Root}{path}" class="card">{Token(visit)}{(says.Length == 0 ? Html.None : Html.Of($"<p>{says}</p>"))}{fields}
            <button class="{(isGrave ? "grave" : "main")}">{label}</button></form></details>
            """)
        : Denied(label, needs);

    /// <summary>With a reason, which the audit trail keeps.</summary>
    public static Html Reasoned(Visit visit, string path, string label, Role needs, string says = "", bool isGrave = false, Html fields = default) =>
        Form(visit, path, label, needs, Html.Of($"{fields}{Parts.Input("reason", "Reason", hint: "The audit trail keeps it.", required: isGrave)}"), says, isGrave);

    /// <summary>Done by one click: nothing that could not be taken back.</summary>
    public static Html Button(Visit visit, string path, string label, Role needs, Html fields = default) => visit.May(needs)
        ? Html.Of($"""<form method="post" action="{visit.Root}{path}" class="inline">{Token(visit)}{fields}<button>{label}</button></form>""")
        : Denied(label, needs);

    /// <summary>The same for whoever has all of these roles.</summary>
    public static Html WayForAll(Visit visit, string path, string label, Role needs) =>
        visit.MayAll(needs) ? Html.Of($"""<a class="button" href="{visit.Root}{path}">{label}</a>""") : Denied(label, NeededAll(needs));

    /// <summary>The way to a page on which something is done.</summary>
    public static Html Way(Visit visit, string path, string label, Role needs) =>
        visit.May(needs) ? Html.Of($"""<a class="button" href="{visit.Root}{path}">{label}</a>""") : Denied(label, needs);

    /// <summary>In each form: that it is ours, and that it is this one. Sent twice, what it asks for is done once.</summary>
    public static Html Token(Visit visit) => Html.Of($"{Parts.Hidden(Session.FormField, visit.FormToken)}{Parts.Hidden(Visit.OnceField, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)))}");

    public static string Needed(Role needs) => $"needs the role {Roles.Said(needs)}";

    /// <summary>The same where one alone is not enough.</summary>
    public static string NeededAll(Role needs) => $"needs the roles {Roles.Said(needs, " and ")}";

    private static string IdOf(string path, string label) => $"act-{path}-{label}".Replace('/', '-').Replace(' ', '-');

    public static Html Denied(string label, Role needs) => Denied(label, Needed(needs));

    public static Html Denied(string label, string why) =>
        Html.Of($"""<span class="denied"><button type="button" disabled>{label}</button><small>{why}</small></span>""");
}
