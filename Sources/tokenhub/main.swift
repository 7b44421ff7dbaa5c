print("tokenhub")
