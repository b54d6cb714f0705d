using System.Globalization;
using System.Text.Json;
using Nua.Cli.Parsing;
using Nua.Engine.Instances;
using Nua.Engine.Operations;
using Nua.Foundation;

namespace Nua.Cli.Output;

/// <summary>What an upgrade, a rollback or a restore reports: a few lines for people, one object for programs.</summary>
public static class SwitchOutput
{
    public static IReadOnlyList<JsonField> Fields { get; } =
    [
        new("name", "the instance"),
        new("outcome", "`done`; `kept-old`: it failed, what was before runs again; `broken`: that did not come back either; `not-installed`; `rehearsed`: with --rehearse, it would be done"),
        new("kind", "`upgrade`, `rollback`, `restore`, `rehearsal`"),
        new("from, to", "`version`, `data_version` and digest (`image`) of the releases; `from` is null for a new instance"),
        new("generation", "the generation of the data that is in use now"),
        new("seconds", "from the first change to the last"),
        new("away_seconds", "how long requests met the maintenance page"),
        new("copied", "how the data was copied: `reflink` or `copy`; null when it was not"),
        new("safety_backup", "path of the backup that was made before; null for none"),
        new("steps[].step, steps[].seconds", "what was done, in order"),
        new("problem", "why it did not become what was asked for, as every problem is printed; null when it did"),
    ];

    public static IReadOnlyList<ExitMeaning> ExitStatuses { get; } =
    [
        new(0, "done"),
        new(10, "it failed, and what was before runs again with its data"),
        new(20, "it failed, and what was before does not come back: all is stopped, nothing is deleted"),
        new(3, "the images cannot do it, or there is nothing to go back to; nothing was changed"),
        new(65, "the data and the image do not fit together; nothing was changed"),
        new(73, "there is no space; nothing was changed"),
        new(75, "another command is working on the instance"),
        new(78, "a setting or secret is missing; nothing was changed"),
    ];

    /// <returns>The exit status.</returns>
    public static int Print(InstanceName name, SwitchReport report, Session session)
    {
        if (report.Problem is { } problem)
        {
            session.Messages.Report(problem);
        }

        session.Messages.Note(Sentence(name, report));
        session.Out.WriteLine(session.Json ? Json(name, report) : Word(report.Outcome));
        return report.ExitCode;
    }

    private static string Sentence(InstanceName name, SwitchReport report) => report.Outcome switch
    {
        SwitchOutcome.Done => $"'{name}' is {Name(report.To)} now: {Seconds(report.Duration)}, away for {Seconds(report.Away)}",
        SwitchOutcome.Rehearsed => $"'{name}' could become {Name(report.To)} ({Steps(report)}); it is {Name(report.From!)} as before, "
            + $"away for {Seconds(report.Away)} while its data was copied",
        SwitchOutcome.KeptOld => $"'{name}' is {Name(report.From!)} as before: {Seconds(report.Duration)}, away for {Seconds(report.Away)}",
        SwitchOutcome.Broken => $"'{name}' is stopped",
        _ => $"'{name}' was not installed, nothing is left",
    };

    private static string Word(SwitchOutcome outcome) => outcome switch
    {
        SwitchOutcome.Done => "done",
        SwitchOutcome.Rehearsed => "rehearsed",
        SwitchOutcome.KeptOld => "kept-old",
        SwitchOutcome.Broken => "broken",
        _ => "not-installed",
    };

    private static string Steps(SwitchReport report) => string.Join(", ", report.Steps.Select(step => $"{step.Step} {Seconds(step.Duration)}"));

    private static string Name(Release release) => Printable.Escape($"{release.AppId} {release.Version}".Trim(), 120);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture);

    private static string Json(InstanceName name, SwitchReport report) => JsonText.Indented(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("name", name.ToString());
        writer.WriteString("outcome", Word(report.Outcome));
        writer.WriteString("kind", report.Kind);
        Write(writer, "from", report.From);
        Write(writer, "to", report.To);
        if (report.Generation is { } generation)
        {
            writer.WriteNumber("generation", generation);
        }

        writer.WriteNumber("seconds", Math.Round(report.Duration.TotalSeconds, 3));
        writer.WriteNumber("away_seconds", Math.Round(report.Away.TotalSeconds, 3));
        writer.WriteString("copied", report.Copied);
        writer.WriteString("safety_backup", report.SafetyBackup);
        writer.WriteStartArray("steps");
        foreach (var step in report.Steps)
        {
            writer.WriteStartObject();
            writer.WriteString("step", step.Step);
            writer.WriteNumber("seconds", Math.Round(step.Duration.TotalSeconds, 3));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WritePropertyName("problem");
        if (report.Problem is { } problem)
        {
            ProblemText.Write(writer, problem);
        }
        else
        {
            writer.WriteNullValue();
        }

        writer.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter writer, string name, Release? release)
    {
        writer.WritePropertyName(name);
        if (release is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("version", release.Version);
        writer.WriteNumber("data_version", release.DataVersion);
        writer.WriteString("image", release.Image);
        writer.WriteEndObject();
    }
}
