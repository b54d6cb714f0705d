namespace Nua.Config.Syntax;

/// <summary>A place in a configuration file. Lines and columns count from 1, columns in UTF-16 units as editors do.
/// The default value (line 0) means "not in the file", for values given on the command line.</summary>
public readonly record struct Position(int Line, int Column)
{
    /// <summary><c>line:column</c>, or <c>--set</c> for a value that is in no file.</summary>
    public override string ToString() => Line == 0 ? "--set" : $"{Line}:{Column}";
}
