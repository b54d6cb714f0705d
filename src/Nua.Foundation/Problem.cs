namespace Nua.Foundation;

/// <summary>How bad a <see cref="Problem"/> is. Only <see cref="Error"/> stops the work.</summary>
public enum Severity
{
    Note,
    Warning,
    Error,
}

/// <summary>
/// One thing that is wrong, in the four parts that every message of Nua has: what, where, why, and what to do.
/// </summary>
/// <param name="Code">Stable code users can search for: <c>NUA1xxx</c> config, <c>2xxx</c> plan and build, <c>3xxx</c> images, store,
/// registries and attachments, <c>4xxx</c> sandbox and host, <c>5xxx</c> operating, <c>6xxx</c> agent, <c>9xxx</c> command line.</param>
/// <param name="What">One sentence in lower case, without a full stop, that names the value that is wrong.</param>
public sealed record Problem(string Code, string What)
{
    public Severity Severity { get; init; } = Severity.Error;

    /// <summary>The place: <c>file:line:column</c>, a path in an image, a blob's digest, a step's name.</summary>
    public string? Where { get; init; }

    /// <summary>The cause, when <see cref="What"/> does not already say it.</summary>
    public string? Why { get; init; }

    /// <summary>What the reader can do about it; a command they can paste where there is one.</summary>
    public string? Remedy { get; init; }

    /// <summary>One greppable line, then indented why and remedy. Untrusted text must be escaped by the caller
    /// with <see cref="Printable.Escape(string)"/>.</summary>
    public override string ToString()
    {
        var head = Where is null ? "" : Where + ": ";
        var level = Severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "note" };
        var text = $"{head}{level} {Code}: {What}";
        if (Why is not null)
        {
            text += $"\n  why: {Why}";
        }

        if (Remedy is not null)
        {
            text += $"\n  fix: {Remedy}";
        }

        return text;
    }
}

/// <summary>Work that cannot go on. Carries every problem found, not only the first.</summary>
public sealed class ProblemException : Exception
{
    public ProblemException(Problem problem, Exception? inner = null)
        : this([problem], inner)
    {
    }

    public ProblemException(IReadOnlyList<Problem> problems, Exception? inner = null)
        : base(string.Join('\n', problems), inner) => Problems = problems;

    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>What the program exits with: 1 the work failed, 2 it was asked wrongly.</summary>
    public int ExitCode { get; init; } = 1;
}
