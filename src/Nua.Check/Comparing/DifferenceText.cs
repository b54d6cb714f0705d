using System.Text;
using Nua.Check.Inspecting;
using Nua.Foundation;

namespace Nua.Check.Comparing;

/// <summary>A difference for people.</summary>
public static class DifferenceText
{
    private const int MostFiles = 10_000;

    /// <summary>One line for each change: <c>+</c> added, <c>-</c> removed, <c>~</c> changed.</summary>
    public static string Write(ImageDifference difference)
    {
        var text = new StringBuilder();
        text.Append("A ").Append(difference.DigestA).Append("\nB ").Append(difference.DigestB).Append('\n');
        WriteChanges(text, "packages", difference.Packages);
        WriteChanges(text, "configuration", difference.Configuration);
        if (difference.Files.Count > 0)
        {
            text.Append($"\nfiles ({difference.Files.Count})\n");
        }

        foreach (var file in difference.Files.Take(MostFiles))
        {
            var (mark, what) = file.What switch
            {
                "added" => ('+', InspectionText.Bytes(file.SizeAfter)),
                "removed" => ('-', InspectionText.Bytes(file.SizeBefore)),
                _ => ('~', file.What + (file.SizeBefore == file.SizeAfter ? ""
                    : $", {Signed(file.SizeAfter - file.SizeBefore)}")),
            };
            text.Append($"  {mark} {Printable.Escape(file.Path, 300)}  ({what})\n");
        }

        if (difference.Files.Count > MostFiles)
        {
            text.Append($"  … and {difference.Files.Count - MostFiles} more; --json lists all\n");
        }

        if (difference.IsSameContent)
        {
            text.Append(difference.DigestA == difference.DigestB ? "\nthe same image\n"
                : "\nthe same content in other bytes\n");
        }

        var (a, b) = (difference.SizesA, difference.SizesB);
        text.Append(
            $"\nsize   compressed {InspectionText.Bytes(a.Compressed)} → {InspectionText.Bytes(b.Compressed)} ({Signed(b.Compressed - a.Compressed)}), "
            + $"files {InspectionText.Bytes(a.Files)} → {InspectionText.Bytes(b.Files)} ({Signed(b.Files - a.Files)}), layers {a.Layers} → {b.Layers}\n");
        return text.ToString();
    }

    private static void WriteChanges(StringBuilder text, string title, IReadOnlyList<Change> changes)
    {
        if (changes.Count > 0)
        {
            text.Append($"\n{title} ({changes.Count})\n");
        }

        foreach (var change in changes)
        {
            var mark = change.Before is null ? '+' : change.After is null ? '-' : '~';
            var values = string.Join(" → ", new[] { change.Before, change.After }.OfType<string>()
                .Select(value => Printable.Escape(value, 120)));
            text.Append($"  {mark} {Printable.Escape(change.Name, 200)} {values}\n");
        }
    }

    private static string Signed(long bytes) => bytes < 0 ? InspectionText.Bytes(bytes) : "+"
        + InspectionText.Bytes(bytes);
}
