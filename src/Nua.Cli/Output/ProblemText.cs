using System.Text;
using System.Text.Json;
using Nua.Foundation;

namespace Nua.Cli.Output;

/// <summary>A <see cref="Problem"/> for people, in the same words as <see cref="Problem.ToString"/>, and for programs.</summary>
public static class ProblemText
{
    public static string Human(Problem problem, Paint paint)
    {
        var level = problem.Severity switch
        {
            Severity.Error => paint.Red("error"),
            Severity.Warning => paint.Yellow("warning"),
            _ => paint.Cyan("note"),
        };
        var text = new StringBuilder();
        if (problem.Where is not null)
        {
            text.Append(paint.Bold(problem.Where)).Append(": ");
        }

        text.Append(level).Append(' ').Append(problem.Code).Append(": ").Append(problem.What);
        Append(text, paint, "why", problem.Why);
        Append(text, paint, "fix", problem.Remedy);
        return text.ToString();
    }

    /// <summary><c>{"code","severity","what","where","why","remedy"}</c> on one line; absent parts are left out.</summary>
    public static string Json(Problem problem) => JsonText.Line(writer => Write(writer, problem));

    public static void Write(Utf8JsonWriter writer, Problem problem)
    {
        writer.WriteStartObject();
        writer.WriteString("code", problem.Code);
        writer.WriteString("severity", problem.Severity switch
        {
            Severity.Error => "error",
            Severity.Warning => "warning",
            _ => "note",
        });
        writer.WriteString("what", problem.What);
        WriteIfSet(writer, "where", problem.Where);
        WriteIfSet(writer, "why", problem.Why);
        WriteIfSet(writer, "remedy", problem.Remedy);
        writer.WriteEndObject();
    }

    private static void Append(StringBuilder text, Paint paint, string label, string? part)
    {
        if (part is not null)
        {
            text.Append("\n  ").Append(paint.Faint(label + ":")).Append(' ').Append(part.Replace("\n", "\n       ", StringComparison.Ordinal));
        }
    }

    private static void WriteIfSet(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
