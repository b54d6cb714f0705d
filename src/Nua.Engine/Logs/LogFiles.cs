using Nua.Engine.Instances;

namespace Nua.Engine.Logs;

/// <summary>
/// The files in the log folder of an instance. Each line is <c>TIME TAG TEXT</c>: <c>2026-01-31T09:30:00.123Z out listening on 8080</c>. A tag is
/// <c>out</c> or <c>err</c> for the application's streams, <c>beside</c> for both of one that runs beside it, the name of a verb, or <c>nua</c> for what the operator did.
/// </summary>
public static class LogFiles
{
    /// <summary>The tag of the operator's own lines.</summary>
    public const string Operator = "nua";

    /// <summary>The tag of what an application prints while another one serves.</summary>
    public const string Beside = "beside";

    /// <summary>Bytes; all files together are at most <see cref="Count"/> times as large.</summary>
    public const int LargestFile = 8 << 20;

    public const int Count = 5;

    /// <summary>Bytes; a longer line is cut into several.</summary>
    public const int LongestLine = 16384;

    /// <param name="age">0 is the one being written.</param>
    public static string Name(int age) => age == 0 ? "app.log" : $"app.{age}.log";

    /// <summary>Removes those that are there.</summary>
    public static void Remove(InstanceFolder instance)
    {
        foreach (var path in Enumerable.Range(0, Count).Select(age => $"{instance.Log}/{Name(age)}").Where(File.Exists))
        {
            File.Delete(path);
        }
    }
}
