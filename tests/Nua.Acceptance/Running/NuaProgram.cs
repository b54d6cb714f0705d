using System.Text.Json;

namespace Nua.Acceptance.Running;

/// <summary>The built <c>nua</c> with a store of its own.</summary>
public sealed record NuaProgram(string Home)
{
    /// <summary>Without terminal, colours and settings of whoever runs the tests.</summary>
    public Shell Shell => new Shell(Repository.Nua) { Limit = TimeSpan.FromMinutes(5) }
        .Set("NUA_HOME", Home).Set("NO_COLOR", null).Set("SOURCE_DATE_EPOCH", null).Set("XDG_DATA_HOME", null);

    public Task<Outcome> RunAsync(params IReadOnlyList<string> arguments) => Shell.With(arguments).RunAsync();

    /// <summary>Runs a command that must succeed, with <c>--json</c>; gives what it printed.</summary>
    public async Task<JsonElement> JsonAsync(params IReadOnlyList<string> arguments)
    {
        var outcome = (await RunAsync([.. arguments, "--json"])).Expect(0);
        using var document = JsonDocument.Parse(outcome.Out);
        return document.RootElement.Clone();
    }
}
