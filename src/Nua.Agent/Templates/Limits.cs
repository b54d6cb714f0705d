namespace Nua.Agent.Templates;

/// <summary>What a template may use, so that a broken one cannot hold up the start of a container.</summary>
internal static class Limits
{
    public const int SourceCharacters = 4 << 20;

    /// <summary>Characters of the output, and of any one text or list on the way.</summary>
    public const int OutputCharacters = 16 << 20;

    /// <summary>Expressions and statements evaluated.</summary>
    public const int Steps = 2_000_000;

    /// <summary>Nesting of blocks, brackets and values.</summary>
    public const int Depth = 64;

    /// <summary>Operators and filters in one expression, one around the other.</summary>
    public const int ExpressionDepth = 1000;

    /// <summary>Elements of a list.</summary>
    public const int Elements = 100_000;
}
