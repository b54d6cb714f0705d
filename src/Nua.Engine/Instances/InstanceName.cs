using System.Diagnostics.CodeAnalysis;
using Nua.Foundation;

namespace Nua.Engine.Instances;

/// <summary>What an operator calls an instance: 1 to 40 lower-case letters, digits and single <c>-</c> between them. It becomes a folder, a
/// host name and part of container names.</summary>
public readonly record struct InstanceName
{
    private readonly string? _text;

    private InstanceName(string text) => _text = text;

    /// <exception cref="ProblemException">NUA5010; exit code 2.</exception>
    public static InstanceName Parse(string text) => IsValid(text)
        ? new InstanceName(text)
        : throw new ProblemException(new Problem("NUA5010", $"'{Printable.Escape(text, 80)}' cannot be the name of an instance")
        {
            Why = "a name is 1 to 40 lower-case letters and digits, with single '-' between them",
        })
        { ExitCode = 2 };

    public override string ToString() => _text ?? throw new InvalidOperationException("an instance name was never set");

    internal static bool IsValid([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= 40 }
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        && text[0] != '-' && text[^1] != '-' && !text.Contains("--", StringComparison.Ordinal);
}
