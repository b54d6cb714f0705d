namespace Nua.Config.Syntax;

/// <summary>What a configuration file may cost. Real files are a few kilobytes and five levels deep; the bounds keep a
/// hostile one from taking time or memory.</summary>
public static class Limits
{
    /// <summary>Bytes of a file.</summary>
    public const int Size = 1 << 20;

    /// <summary>Tables and lists inside one another.</summary>
    public const int Depth = 64;

    /// <summary>Values that the aliases of a YAML file may stand for, all together.</summary>
    public const int AliasedNodes = 10_000;

    /// <summary>Problems reported for one file; the rest is only counted.</summary>
    public const int Problems = 100;

    /// <summary>Characters of a text from the file that a message repeats.</summary>
    public const int Shown = 200;
}
