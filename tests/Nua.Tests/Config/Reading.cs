using System.Text;
using Nua.Config;
using Nua.Foundation;
using Xunit;

namespace Nua.Tests.Config;

/// <summary>Short ways to read text in tests.</summary>
internal static class Reading
{
    /// <summary>Metadata that gives no warning, to put before what a test is about.</summary>
    public const string Who = "metadata = { id = \"x\", version = \"1\", title = \"X\", author = \"A\" }\n";

    public static ConfigResult Toml(string text) => Text("nua-config.toml", text);

    public static ConfigResult Yaml(string text) => Text("nua-config.yaml", text);

    public static ConfigResult Json(string text) => Text("nua-config.json", text);

    public static ConfigResult Text(string name, string text) =>
        ConfigReader.ReadText(name, Encoding.UTF8.GetBytes(text));

    /// <summary>The model of a file that must be without error.</summary>
    public static AppConfig Good(string toml)
    {
        var result = Toml(toml);
        Assert.DoesNotContain(result.Problems, problem => problem.Severity == Severity.Error);
        return result.Config!;
    }

    /// <summary>Codes and places, one line each: <c>NUA1102 1:7</c>.</summary>
    public static IReadOnlyList<string> Findings(ConfigResult result) =>
        [.. result.Problems.Select(problem => $"{problem.Code} {Place(problem)}")];

    private static string Place(Problem problem)
    {
        var colon = problem.Where?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        return colon < 0 ? "-" : problem.Where![(colon + 1)..];
    }
}
